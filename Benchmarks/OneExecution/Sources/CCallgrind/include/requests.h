#ifndef ATROUS_CALLGRIND_REQUESTS_H
#define ATROUS_CALLGRIND_REQUESTS_H

// What a program tells callgrind; nothing without valgrind.
#include <valgrind/callgrind.h>

// From here on callgrind sees each instruction, and its caches fill.
static inline void callgrind_start(void) { CALLGRIND_START_INSTRUMENTATION; }

// Counts from here on, or no longer.
static inline void callgrind_toggle(void) { CALLGRIND_TOGGLE_COLLECT; }

#endif
