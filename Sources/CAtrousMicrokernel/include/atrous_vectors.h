#ifndef ATROUS_VECTORS_H
#define ATROUS_VECTORS_H

// What the inner loops want of the compiler and Swift does not say.

// A hint, never a fault: the line will be read after some thousand cycles, L2 is near enough.
static inline void atrous_prefetch(const void *line) { __builtin_prefetch(line, 0, 2); }
// The same of a line that is wanted in L1, within some hundred cycles.
static inline void atrous_prefetch_near(const void *line) { __builtin_prefetch(line, 0, 3); }

// The same pointer, of which the compiler knows nothing any more: sums with it stay as they are written.
static inline __attribute__((always_inline)) const float *atrous_opaque(const float *pointer) {
  __asm__("" : "+r"(pointer));
  return pointer;
}

// acc + a · b of whole vectors. They stand here because `addingProduct` is a loop over lanes, which LLVM puts together
// again, but by halves where two products share a factor (Winograd's patches of 7 and 8 pixels in 16 lanes begin so). Loops
// that hold sums in registers are better off with `addingProduct`: with these, the grouped tiles spill.
typedef float atrous_sixteen __attribute__((ext_vector_type(16)));
typedef float atrous_eight __attribute__((ext_vector_type(8)));

static inline __attribute__((always_inline)) atrous_sixteen atrous_multiply_add_16(
  atrous_sixteen acc, atrous_sixteen a, atrous_sixteen b
) {
  return __builtin_elementwise_fma(a, b, acc);
}
static inline __attribute__((always_inline)) atrous_eight atrous_multiply_add_8(
  atrous_eight acc, atrous_eight a, atrous_eight b
) {
  return __builtin_elementwise_fma(a, b, acc);
}

// Shuffles of two vectors, in each half of 4 by itself; and the merges of two halves. They stand here because LLVM
// dissolves chains of shuffles that are written element by element into single insertions.
static inline __attribute__((always_inline)) atrous_eight atrous_first_elements(atrous_eight x, atrous_eight y) {
  return __builtin_shufflevector(x, y, 0, 8, 1, 9, 4, 12, 5, 13);
}
static inline __attribute__((always_inline)) atrous_eight atrous_last_elements(atrous_eight x, atrous_eight y) {
  return __builtin_shufflevector(x, y, 2, 10, 3, 11, 6, 14, 7, 15);
}
static inline __attribute__((always_inline)) atrous_eight atrous_first_pairs(atrous_eight x, atrous_eight y) {
  return __builtin_shufflevector(x, y, 0, 1, 8, 9, 4, 5, 12, 13);
}
static inline __attribute__((always_inline)) atrous_eight atrous_last_pairs(atrous_eight x, atrous_eight y) {
  return __builtin_shufflevector(x, y, 2, 3, 10, 11, 6, 7, 14, 15);
}
static inline __attribute__((always_inline)) atrous_eight atrous_first_halves(atrous_eight x, atrous_eight y) {
  return __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11);
}
static inline __attribute__((always_inline)) atrous_eight atrous_last_halves(atrous_eight x, atrous_eight y) {
  return __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15);
}

#endif
