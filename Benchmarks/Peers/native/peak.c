// The rate of independent vector FMAs on registers, on N pinned threads at once: what no convolution can pass.
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

static void *work(void *argument) {
  part *mine = argument;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(mine->core, &set);
  sched_setaffinity(0, sizeof set, &set);
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
