// What the cores do by themselves: the rate of independent vector FMAs on registers, on N pinned threads at once, which no
// convolution can pass, and how long a cache line takes from one to another and back.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#if defined(__AVX512F__)
enum { BYTES = 64 };
#elif defined(__AVX__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif
enum { LANES = BYTES / 4, CHAINS = 12, MAXIMUM = 256 };
typedef float vector __attribute__((vector_size(BYTES)));

typedef struct {
  int core;
  int threads;
  atomic_int *ready;
  int64_t steps;
  double seconds;
} part;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

// Independent accumulators hide the latency of the FMA; named ones stay in registers; the barrier keeps the loop.
#define EACH(DO) DO(a) DO(b) DO(c) DO(d) DO(e) DO(f) DO(g) DO(h) DO(i) DO(j) DO(k) DO(l)
#define START(x) vector x = addend;
#define STEP(x) x = x * factor + addend; __asm__ volatile("" : "+x"(x));

static void run(int64_t steps) {
  vector factor = {0}, addend = {0};
  factor += 0.5f;
  addend += 1.0f;
  __asm__ volatile("" : "+x"(factor), "+x"(addend));
  EACH(START)
  for (int64_t step = 0; step < steps; step++) {
    EACH(STEP)
  }
}

static void pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  sched_setaffinity(0, sizeof set, &set);
}

static void *work(void *argument) {
  part *mine = argument;
  pin(mine->core);
  run(mine->steps / 8);
  atomic_fetch_add(mine->ready, 1);
  while (atomic_load(mine->ready) < mine->threads) {}
  double begin = now();
  run(mine->steps);
  mine->seconds = now() - begin;
  return 0;
}

// GFLOP/s of all threads together, one on each of the cores; 0 where the threads cannot be had.
double fma_peak(int threads, const int *cores, int64_t steps) {
  pthread_t ids[MAXIMUM];
  part parts[MAXIMUM];
  atomic_int ready = 0;
  if (threads < 1 || threads > MAXIMUM) return 0;
  for (int i = 0; i < threads; i++) {
    parts[i] = (part){cores[i], threads, &ready, steps, 0};
    if (pthread_create(&ids[i], 0, work, &parts[i])) return 0;
  }
  double rate = 0;
  for (int i = 0; i < threads; i++) {
    pthread_join(ids[i], 0);
    rate += 2e-9 * LANES * CHAINS * steps / parts[i].seconds;
  }
  return rate;
}

enum { BATCHES = 4, TRIPS = 1000 };

// One of two threads that answer each other's numbers: odd ones are the first's, even ones the other's.
typedef struct {
  int core;
  int first;
  _Alignas(64) atomic_int ball;
  _Alignas(64) double best;
} court;

static void *play(void *argument) {
  court *mine = argument;
  pin(mine->core);
  for (int seen = 0; seen < 2 * BATCHES * TRIPS; seen += 2) {
    int ball;
    while ((ball = atomic_load(&mine->ball)) != seen + 1) {
      if (ball < 0) return 0;
    }
    atomic_store(&mine->ball, seen + 2);
  }
  return 0;
}

static void *serve(void *argument) {
  court *mine = argument;
  pin(mine->first);
  for (int batch = 0; batch < BATCHES; batch++) {
    double begin = now();
    for (int trip = batch * TRIPS; trip < (batch + 1) * TRIPS; trip++) {
      atomic_store(&mine->ball, 2 * trip + 1);
      while (atomic_load(&mine->ball) != 2 * trip + 2) {}
    }
    double taken = (now() - begin) / TRIPS;
    if (batch == 0 || taken < mine->best) mine->best = taken;
  }
  return 0;
}

// Nanoseconds, the least mean of some batches; 0 where the threads cannot be had.
double round_trip(int first, int core) {
  court both = {.core = core, .first = first};
  pthread_t server, player;
  if (pthread_create(&player, 0, play, &both)) return 0;
  if (pthread_create(&server, 0, serve, &both)) {
    atomic_store(&both.ball, -1);
  } else {
    pthread_join(server, 0);
  }
  pthread_join(player, 0);
  return 1e9 * both.best;
}
