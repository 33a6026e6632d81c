#ifndef ATROUS_READ_H
#define ATROUS_READ_H

#include "atrous_microkernel.h"

// Reads `data` from its beginning to its end, `passes` times over: what a core can load from wherever the data is.
typedef struct {
  const float *data;
  intptr_t floats;  // a multiple of 128
  intptr_t passes;
  float *sum;       // [lanes] written at the end, so that nothing is left out
} atrous_read_args;

#endif
