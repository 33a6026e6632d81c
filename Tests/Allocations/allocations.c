// The program's own definitions of the allocating functions come before the C library's, for every library it loads.

#include "atrous_allocations.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ATROUS_SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(ATROUS_SANITIZED)

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Thread_local uint64_t count;

void *malloc(size_t bytes) {
  ++count;
  return __libc_malloc(bytes);
}

void *calloc(size_t elements, size_t bytes) {
  ++count;
  return __libc_calloc(elements, bytes);
}

void *realloc(void *block, size_t bytes) {
  ++count;
  return __libc_realloc(block, bytes);
}

void *memalign(size_t alignment, size_t bytes) {
  ++count;
  return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

int posix_memalign(void **block, size_t alignment, size_t bytes) {
  void *memory = memalign(alignment, bytes);
  if (memory == NULL) return ENOMEM;
  *block = memory;
  return 0;
}

int32_t atrous_allocations_counted(void) { return 1; }
uint64_t atrous_allocations(void) { return count; }

#else

int32_t atrous_allocations_counted(void) { return 0; }
uint64_t atrous_allocations(void) { return 0; }

#endif
