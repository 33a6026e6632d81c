#ifndef ATROUS_THREADS_H
#define ATROUS_THREADS_H

// Threads, their processors, and waiting on a word.

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
int sched_getcpu(void);  // <sched.h> has it for _GNU_SOURCE alone
#endif

typedef struct {
  pthread_t thread;
} atrous_thread;

// 0, or the error number.
static inline int32_t atrous_thread_start(atrous_thread *thread, void *(*body)(void *), void *context) {
  return pthread_create(&thread->thread, NULL, body, context);
}

static inline void atrous_thread_join(atrous_thread thread) { pthread_join(thread.thread, NULL); }

static inline void atrous_cpu_relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Lets another thread that waits for this processor run.
static inline void atrous_give_way(void) { sched_yield(); }

#if defined(__APPLE__)
int __ulock_wait(uint32_t operation, void *address, uint64_t value, uint32_t timeout_us);
int __ulock_wake(uint32_t operation, void *address, uint64_t value);
#endif

// Returns once the word no longer holds `expected`, or for no reason: look again.
static inline void atrous_wait_on_address(const uint32_t *word, uint32_t expected) {
#if defined(__linux__)
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
#elif defined(__APPLE__)
  __ulock_wait(1 /* UL_COMPARE_AND_WAIT */, (void *)word, expected, 0);
#endif
}

static inline void atrous_wake_all(uint32_t *word) {
#if defined(__linux__)
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
#elif defined(__APPLE__)
  __ulock_wake(1 | 0x100 /* ULF_WAKE_ALL */, word, 0);
#endif
}

// The processors a thread may run on, a bit each.
enum { atrous_affinity_words = 128, atrous_processor_limit = 8 * 8 * atrous_affinity_words };
typedef struct {
  uint64_t words[atrous_affinity_words];
} atrous_affinity;

// Those of the calling thread: 0, or −1 where the system does not tell.
static inline int32_t atrous_affinity_get(atrous_affinity *set) {
  for (int32_t word = 0; word < atrous_affinity_words; ++word) set->words[word] = 0;
#if defined(__linux__)
  return syscall(SYS_sched_getaffinity, 0, sizeof *set, set) > 0 ? 0 : -1;
#else
  return -1;
#endif
}

// Restricts the calling thread, or restores what atrous_affinity_get gave: 0, or −1 where the system refuses.
static inline int32_t atrous_affinity_set(const atrous_affinity *set) {
#if defined(__linux__)
  return syscall(SYS_sched_setaffinity, 0, sizeof *set, set) == 0 ? 0 : -1;
#else
  (void)set;
  return -1;
#endif
}

static inline int32_t atrous_affinity_contains(const atrous_affinity *set, int32_t processor) {
  if (processor < 0 || processor >= atrous_processor_limit) return 0;
  return (int32_t)(set->words[processor / 64] >> (processor % 64) & 1);
}

// Pins the calling thread to one processor: 0, or −1 where the system refuses or has no such call.
static inline int32_t atrous_pin_thread(int32_t processor) {
  atrous_affinity set = {{0}};
  if (processor < 0 || processor >= atrous_processor_limit) return -1;
  set.words[processor / 64] = (uint64_t)1 << (processor % 64);
  return atrous_affinity_set(&set);
}

// The processor the caller runs on just now; −1 where the system does not tell.
static inline int32_t atrous_current_processor(void) {
#if defined(__linux__)
  return sched_getcpu();
#else
  return -1;
#endif
}

// What a thread that avoids a processor remembers: where it may run else, and what it may use meanwhile. Zero at first.
typedef struct {
  atrous_affinity all, others;
  int32_t avoids;
} atrous_avoidance;

// Moves the calling thread off a processor until it avoids another: 0, or −1 where it may not run there anyway, has
// none left, or the system refuses. Whoever changes the thread's processors in between is obeyed.
static inline int32_t atrous_avoid_processor(atrous_avoidance *state, int32_t processor) {
  atrous_affinity now;
  if (atrous_affinity_get(&now) != 0) return -1;
  if (state->avoids && memcmp(&now, &state->others, sizeof now) == 0) now = state->all;
  if (!atrous_affinity_contains(&now, processor)) return -1;
  atrous_affinity others = now;
  others.words[processor / 64] &= ~((uint64_t)1 << (processor % 64));
  uint64_t any = 0;
  for (int32_t word = 0; word < atrous_affinity_words; ++word) any |= others.words[word];
  if (!any || atrous_affinity_set(&others) != 0) return -1;
  *state = (atrous_avoidance){now, others, 1};
  return 0;
}

// Processors that are online, whether or not the caller may use them; at least 1.
static inline int32_t atrous_online_processors(void) {
  const long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int32_t)count : 1;
}

#endif
