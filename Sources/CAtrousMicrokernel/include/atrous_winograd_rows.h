#ifndef ATROUS_WINOGRAD_ROWS_H
#define ATROUS_WINOGRAD_ROWS_H

// Winograd's transforms along the height alone, channels first: the lanes are neighbouring columns of a row.

#include "atrous_microkernel.h"

// v[i][c][before + j] = (Bᵀ x)[i] of channel c and column j, zeros in the `before` columns before and the `after` behind.
typedef struct {
  const float *x;         // channel 0, first pixel of the patch (it may lie outside), first live column
  intptr_t x_channel, x_row;  // from a channel, and from a pixel of the patch, to the next
  intptr_t channels;
  intptr_t algorithm;     // ATROUS_AXIS_PATCH_*, which is also its products
  intptr_t begin, end;    // live pixels of the patch; the others read as zero
  intptr_t before, columns, after;
  float *v;
  intptr_t v_channel, v_xi;   // v_channel ≥ before + columns + after, whole vectors
  float *scratch;         // [2][10][lanes]
} atrous_winograd_rows_input_args;

// y[p][k][j] = epilogue( (Aᵀ m)[p] ) of filter k and column j, for the first `rows` outputs p of the patch.
typedef struct {
  const float *m;
  intptr_t m_filter, m_xi;    // m_filter ≥ columns, rounded up to whole vectors
  intptr_t filters, columns;
  intptr_t algorithm, outputs, rows;  // rows ≤ outputs
  float *y;               // filter 0, first row and column; so the residual
  intptr_t y_filter, y_row;
  const atrous_epilogue *epilogue;  // NULL: the plain sum; bias[filters]
  float *scratch;         // [9][m_filter]
} atrous_winograd_rows_output_args;

// u[i][k][s][c] = (G w)[i] of the weights w[k][c][r][s], in Float64, rounded once.
typedef struct {
  const float *w;
  intptr_t filters, channels, row_taps, column_taps;
  intptr_t points;
  float *u;
} atrous_winograd_rows_weights_args;

#endif
