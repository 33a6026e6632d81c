#ifndef ATROUS_CHASE_H
#define ATROUS_CHASE_H

// Memory for a pointer chase, and the chase.

#include <stdint.h>
#include <stdlib.h>

#if defined(__linux__)
#include <sys/mman.h>
#endif

enum { atrous_huge_page = 2 << 20 };

// Whole huge pages, where the system gives them to those who ask: a walk over small ones would measure the translation of
// addresses too. NULL where there is no memory; atrous_free frees it.
static inline void *atrous_allocate_pages(intptr_t bytes) {
  void *base = NULL;
  if (bytes < 0) return NULL;
  const size_t whole = ((size_t)bytes + atrous_huge_page - 1) & ~(size_t)(atrous_huge_page - 1);
  if (posix_memalign(&base, atrous_huge_page, whole) != 0) return NULL;
#if defined(__linux__)
  (void)madvise(base, whole, MADV_HUGEPAGE);
#endif
  return base;
}

// Follows a chain of pointers for `steps` steps: every load waits for the one before.
static inline const void *atrous_chase(const void *from, intptr_t steps) {
  for (; steps > 0; --steps) from = *(const void *const *)from;
  // Nobody needs the last pointer; the compiler must not know.
  __asm__ volatile("" : "+r"(from));
  return from;
}

#endif
