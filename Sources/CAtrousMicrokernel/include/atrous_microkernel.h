#ifndef ATROUS_MICROKERNEL_H
#define ATROUS_MICROKERNEL_H

// The boundary between the drivers (compiled for the baseline) and the inner loops (compiled once per instruction set).
// Every instruction-set module has its own Swift types, so what they share with the rest is C's.
// Strides and offsets count elements (floats unless said), never bytes.

#include <stdint.h>

// --- Epilogue: bias, residual, one activation, in this order -----------------------------------------------------

enum { ATROUS_ACTIVATION_NONE = 0, ATROUS_ACTIVATION_CLAMP = 1, ATROUS_ACTIVATION_LEAKY = 2 };

typedef struct {
  const float *bias;      // NULL: none. One value per output channel, readable up to the tile's full width
  const float *residual;  // NULL: none. Addressed with the same offsets as the output
  int32_t activation;
  float low, high;        // clamp
  float slope;            // leaky: x < 0 ? slope * x : x
} atrous_epilogue;

// --- Tile: c[m×n] = epilogue( (accumulate ? c : 0) + Σ_t Σ_k a[t][row][k] · b[t][k][column] ) ---------------------

typedef struct {
  intptr_t a, b;          // offsets of the tap's rows from `a`, of its panel from `b`
} atrous_tap;

typedef struct {
  const float *a;
  const intptr_t *a_rows; // [mr] offset of each row from a; entries from m on repeat a readable row
  const float *b;         // column j of depth k at b + tap.b + k·b_stride + j, readable up to nr columns
  intptr_t b_stride;
  const atrous_tap *taps; // [tap_count ≥ 0]
  intptr_t tap_count;
  intptr_t k, k_last;     // depth of every tap but the last, and of the last
  float *c;
  const intptr_t *c_rows; // [m] offset of each row from c
  intptr_t m, n;          // valid rows 1…mr and columns 1…nr
  int32_t accumulate;
  int32_t bias_by_row;    // bias[row] instead of bias[column]
  const atrous_epilogue *epilogue;  // NULL: the plain sum
  const float *prefetch;  // NULL, or what the next call reads first of b
} atrous_tile_args;

// --- Depthwise: 6 output pixels, all channels, channels last -------------------------------------------------------
// y[row][c] = epilogue( Σ_t x[row][tap.a + c] · w[tap.b + c] )

enum { ATROUS_DEPTHWISE_ROWS = 6 };

typedef struct {
  const float *x;
  const intptr_t *x_rows; // [6] offset of each pixel from x; entries past the last pixel repeat it
  const float *w;
  const atrous_tap *taps; // [tap_count ≥ 0]
  intptr_t tap_count;
  intptr_t channels;
  float *y;
  const intptr_t *y_rows; // [6] offset of each pixel from y (and from the residual), repeated like x_rows
  const atrous_epilogue *epilogue;  // NULL: the plain sum
} atrous_depthwise_args;

// --- Reference: the tile in Float64, up to 6 rows × 8 columns ------------------------------------------------------
// y[row][column] = epilogue( Σ_t Σ_k a[t][row][k] · b[tap.b + k·8 + column] ); a is f32, b and y are f64.

enum { ATROUS_REFERENCE_ROWS = 6, ATROUS_REFERENCE_COLUMNS = 8 };

typedef struct {
  const float *a;
  const intptr_t *a_rows; // [6] offset of each row from a; entries from m on repeat a readable row
  intptr_t a_stride;      // floats between k and k + 1
  const double *b;
  const atrous_tap *taps; // [tap_count ≥ 0]
  intptr_t tap_count;
  intptr_t k;
  double *y;
  const intptr_t *y_rows; // [m] offset of each row from y (and from the residual)
  intptr_t y_stride;      // between columns
  intptr_t m, n;          // valid rows 1…6 and columns 1…8
  const atrous_epilogue *epilogue;  // NULL: the plain sum
} atrous_reference_args;

typedef struct {
  const double *source;
  float *destination;
  intptr_t count;
} atrous_round_args;

// --- Scalar: `count` outputs of one channel that share their live taps ---------------------------------------------
// y[y_offsets[i]] = epilogue( Σ_t Σ_k x[x_offsets[i] + tap.a + k·x_stride] · w[tap.b + k·w_stride] )

typedef struct {
  const float *x;
  const intptr_t *x_offsets;  // [count]
  intptr_t x_stride;
  const float *w;
  intptr_t w_stride;
  const atrous_tap *taps; // [tap_count ≥ 0]
  intptr_t tap_count;
  intptr_t k;
  float *y;
  const intptr_t *y_offsets;  // [count], also of the residual
  intptr_t count;
  const atrous_epilogue *epilogue;  // NULL: the plain sum; bias points at this channel's value
} atrous_scalar_args;

// --- Packing ---------------------------------------------------------------------------------------------------------

// Weights K × C × taps of one group to panels[p][tap][c][width], columns past K zero.
typedef struct {
  const float *w;
  intptr_t filters, channels, taps;
  intptr_t width;
  void *panels;           // float, or double for the reference
} atrous_pack_panels_args;

// Weights K × C × taps to rows[k][tap][c].
typedef struct {
  const float *w;
  intptr_t filters, channels, taps;
  float *rows;
} atrous_pack_filters_args;

// One input row, zero-padded, its columns split by their remainder modulo `stride`:
// packed[(j mod stride)·phase_pitch + j / stride] = row[first + j], zero where first + j is outside 0 ..< columns.
typedef struct {
  const float *row;
  intptr_t columns;
  intptr_t first;         // may be negative
  intptr_t stride;
  float *packed;
  intptr_t phase_pitch;   // every phase is written to its whole pitch
} atrous_pack_row_args;

// --- Winograd transforms, F(m×n, r×s) over the shared points 0, ∞, 1, −1, 2, −2, ½, −½ ------------------------------

// Input patch (alpha_h × alpha_w pixels of one phase, channels last) to V.
// ξ = i·alpha_w + j of channel c goes to v + ξ·xi_stride + (c / block)·block_stride + c mod block.
typedef struct {
  const float *x;         // pixel (0,0) of the patch, channel 0; only the live pixels are read
  intptr_t row_stride, column_stride;
  intptr_t row_begin, row_end, column_begin, column_end;  // live pixels of the patch; the others read as zero
  intptr_t channels;
  float *v;
  intptr_t xi_stride, block, block_stride;
} atrous_winograd_input_args;

// M to an output patch (rows × columns of one phase, channels last); M is laid out like V, over output channels.
typedef struct {
  const float *m;
  intptr_t xi_stride, block, block_stride;
  intptr_t channels;      // valid output channels
  float *y;               // pixel (0,0) of the patch, channel 0
  intptr_t row_stride, column_stride;
  intptr_t rows, columns; // valid output pixels of the patch
  const atrous_epilogue *epilogue;  // bias from channel 0, residual at pixel (0,0)
} atrous_winograd_output_args;

// Weights K × C × r × s to U, computed in Float64: ξ, channel c, filter k at
// u + ξ·xi_stride + (k / width)·panel_stride + c·width + k mod width; columns past K zero.
typedef struct {
  const float *w;
  intptr_t filters, channels;
  float *u;
  intptr_t xi_stride, width, panel_stride;
} atrous_winograd_weights_args;

// --- The list --------------------------------------------------------------------------------------------------------

enum {
  ATROUS_KIND_TILE = 0,
  ATROUS_KIND_DEPTHWISE,
  ATROUS_KIND_REFERENCE,
  ATROUS_KIND_SCALAR,
  ATROUS_KIND_PACK_PANELS,
  ATROUS_KIND_PACK_PANELS_DOUBLE,
  ATROUS_KIND_PACK_FILTERS,
  ATROUS_KIND_PACK_ROW,
  ATROUS_KIND_ROUND,
  ATROUS_KIND_WINOGRAD_INPUT,
  ATROUS_KIND_WINOGRAD_OUTPUT,
  ATROUS_KIND_WINOGRAD_WEIGHTS,
};

// One row of the list. Every instruction-set module has the same rows in the same order; `function` is NULL where the
// set lacks the registers, so that the baseline's list tells the shapes of all sets without running their code.
typedef struct {
  const char *id;         // stable, static; NULL past the end of the list
  int32_t kind;           // which argument struct `function` takes
  int32_t rows, columns;  // tile: mr × vectors. Winograd: output pixels of a patch, height × width
  void (*function)(const void *args);
} atrous_microkernel;

#endif
