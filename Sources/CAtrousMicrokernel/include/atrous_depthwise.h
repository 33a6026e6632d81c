#ifndef ATROUS_DEPTHWISE_H
#define ATROUS_DEPTHWISE_H

// What the depthwise microkernels take, beside the six pixels of atrous_microkernel.h.

#include "atrous_microkernel.h"

// --- Depthwise along the width: rows of one filter's outputs, channels first ---------------------------------------
// y[row·y_pitch + j] = epilogue( Σ_t x[row·x_pitch + tap.a + j] · w[tap.b] ), j < columns. Read up to whole vectors.

typedef struct {
  const float *x;
  intptr_t x_pitch;
  const float *w;
  const atrous_tap *taps; // [tap_count ≥ 0]
  intptr_t tap_count;
  float *y;
  intptr_t y_pitch;       // also of the residual
  intptr_t rows, columns;
  const atrous_epilogue *epilogue;  // NULL: the plain sum; bias points at this filter's value
} atrous_depthwise_plane_args;

// The rows of one channel with zeros on both sides: for every row
// packed[row·packed_pitch + j] = source[row·source_pitch + j − before], zero for the `before` first and `after` last.
// Whole vectors are written: up to lanes − 1 floats past a packed row hold anything.
typedef struct {
  const float *source;    // the first live column
  intptr_t source_pitch;
  intptr_t rows, columns; // live columns
  intptr_t before, after;
  float *packed;
  intptr_t packed_pitch;
  float zero;             // 0; a constant would become a call of memset for a vector or two
} atrous_depthwise_rows_args;

// --- Depthwise, 3 × 3 taps: up to 2 × 3 output pixels of one phase, channels last -------------------------------------
// y[i][j][c] = epilogue( Σ_{r,s} x[i + r][j + s][c] · w[r][s][c] ), i < rows, j < columns

enum { ATROUS_PHASE_TILE_ROWS = 2, ATROUS_PHASE_TILE_COLUMNS = 3 };

// Input columns of a tile that lie outside and are not read; those between always lie inside.
enum { ATROUS_NO_FIRST_COLUMN = 1, ATROUS_NO_LAST_COLUMN = 2 };

typedef struct {
  const float *x0, *x1, *x2, *x3; // the rows + 2 input rows, from the tile's first column on; zeros outside
  intptr_t x_step;        // from one column to the next
  const float *w;         // [c / lanes][3][3][lanes], then the vector that ends with the last channel
  const float *bias;      // [channels], zeros where there is none
  intptr_t channels;      // at least the lanes
  float *y;
  intptr_t y_row0, y_row1, y_step; // offsets of the output rows (also of the residual's), and from column to column
  intptr_t rows, columns; // 1…2 and 1…3
  int32_t missing;        // ATROUS_NO_*
  const atrous_epilogue *epilogue;  // what comes after the bias; NULL: nothing
} atrous_depthwise_tile_args;

// destination[row · destination_pitch + j] = source[row · source_pitch + (first + j) / repeats], j < columns
typedef struct {
  const float *source;
  intptr_t source_pitch;
  intptr_t first, repeats;
  float *destination;
  intptr_t destination_pitch;
  intptr_t rows, columns;
} atrous_depthwise_repeat_args;

#endif
