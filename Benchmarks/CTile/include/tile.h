#ifndef ATROUS_BENCHMARK_TILE_H
#define ATROUS_BENCHMARK_TILE_H

#include <stdint.h>

// Whether this processor runs what follows: AVX2 and FMA.
int32_t tile_supported(void);

// The register tile of 6 rows and 2 vectors of 8, written in intrinsics: what the library's own tile of that size is held
// against. Takes an atrous_tile_args; one tap, whole rows and vectors, no epilogue.
void tile_6x2_intrinsics(const void *arguments);

// GFLOP/s of vector FMAs that wait for nothing, on registers.
double fma_peak(int64_t steps);

#endif
