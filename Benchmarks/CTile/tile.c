#include "tile.h"

#include <atrous_microkernel.h>
#include <time.h>

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))
enum { ROWS = 6, LANES = 8, CHAINS = 12 };

int32_t tile_supported(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

#define EACH_ROW(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5)
#define START(i)                                                  \
  const float *a##i = args->a + args->a_rows[i] + args->taps[0].a; \
  __m256 low##i = _mm256_setzero_ps(), high##i = _mm256_setzero_ps();
#define STEP(i) {                                    \
    __m256 value = _mm256_broadcast_ss(a##i + k);    \
    low##i = _mm256_fmadd_ps(value, b0, low##i);     \
    high##i = _mm256_fmadd_ps(value, b1, high##i);   \
  }
#define STORE(i)                                              \
  _mm256_storeu_ps(args->c + args->c_rows[i], low##i);        \
  _mm256_storeu_ps(args->c + args->c_rows[i] + LANES, high##i);

AVX2 void tile_6x2_intrinsics(const void *arguments) {
  const atrous_tile_args *args = arguments;
  const float *b = args->b + args->taps[0].b;
  EACH_ROW(START)
  for (intptr_t k = 0; k < args->k; ++k, b += args->b_stride) {
    __m256 b0 = _mm256_loadu_ps(b), b1 = _mm256_loadu_ps(b + LANES);
    EACH_ROW(STEP)
  }
  EACH_ROW(STORE)
}

// Independent accumulators hide the latency; the barrier keeps each multiply-add.
AVX2 static void chains(int64_t steps) {
  __m256 factor = _mm256_set1_ps(0.5f), addend = _mm256_set1_ps(1), sums[CHAINS];
  for (int i = 0; i < CHAINS; ++i) sums[i] = addend;
  for (int64_t step = 0; step < steps; ++step) {
#pragma clang loop unroll(full)
    for (int i = 0; i < CHAINS; ++i) {
      sums[i] = _mm256_fmadd_ps(sums[i], factor, addend);
      __asm__ volatile("" : "+x"(sums[i]));
    }
  }
}

double fma_peak(int64_t steps) {
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  chains(steps);
  clock_gettime(CLOCK_MONOTONIC, &end);
  double seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
  return 2e-9 * LANES * CHAINS * (double)steps / seconds;
}

#else

int32_t tile_supported(void) { return 0; }
void tile_6x2_intrinsics(const void *arguments) { (void)arguments; }
double fma_peak(int64_t steps) { return 0 * (double)steps; }

#endif
