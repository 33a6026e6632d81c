#ifndef ATROUS_MEMORY_H
#define ATROUS_MEMORY_H

#include <stdint.h>
#include <stdlib.h>

// Whole cache lines, 64-byte aligned; NULL where there is no memory.
static inline void *atrous_allocate_lines(intptr_t bytes) {
  void *base = NULL;
  if (bytes < 0) return NULL;
  return posix_memalign(&base, 64, ((size_t)bytes + 63) & ~(size_t)63) == 0 ? base : NULL;
}

static inline void atrous_free(void *base) { free(base); }

// Sequentially consistent atomics on plain words, so that a word can be waited on by its address.
static inline uint32_t atrous_atomic_load(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }
static inline void atrous_atomic_store(uint32_t *word, uint32_t value) { __atomic_store_n(word, value, __ATOMIC_SEQ_CST); }
static inline uint64_t atrous_atomic_load_64(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }
static inline void atrous_atomic_store_64(uint64_t *word, uint64_t value) {
  __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}
// Whether the word was `expected`, and is `value` now.
static inline int32_t atrous_atomic_exchange_64(uint64_t *word, uint64_t expected, uint64_t value) {
  return __atomic_compare_exchange_n(word, &expected, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
// Returns the value before.
static inline uint32_t atrous_atomic_add(uint32_t *word, uint32_t value) {
  return __atomic_fetch_add(word, value, __ATOMIC_SEQ_CST);
}

#endif
