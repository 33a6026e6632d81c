#ifndef ATROUS_ALLOCATIONS_H
#define ATROUS_ALLOCATIONS_H

#include <stdint.h>

// Whether allocations of this program are counted: with glibc, and where no sanitizer has its own allocator.
int32_t atrous_allocations_counted(void);

// Allocations of the calling thread since it began.
uint64_t atrous_allocations(void);

#endif
