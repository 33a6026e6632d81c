#ifndef ATROUS_THREADS_H
#define ATROUS_THREADS_H

// Threads, their processors, and waiting on a word.

#include <pthread.h>
#include <stdint.h>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
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

// Pins the calling thread to one processor: 0, or −1 where the system refuses or has no such call.
static inline int32_t atrous_pin_thread(int32_t processor) {
#if defined(__linux__)
  unsigned long mask[128] = {0};
  if (processor < 0 || processor >= (int32_t)(8 * sizeof mask)) return -1;
  mask[processor / (8 * sizeof *mask)] |= 1ul << (processor % (8 * sizeof *mask));
  return syscall(SYS_sched_setaffinity, 0, sizeof mask, mask) == 0 ? 0 : -1;
#else
  (void)processor;
  return -1;
#endif
}

#endif
