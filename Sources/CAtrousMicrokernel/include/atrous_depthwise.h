#ifndef ATROUS_DEPTHWISE_H
#define ATROUS_DEPTHWISE_H

// What the depthwise microkernels take, beside the six pixels of atrous_microkernel.h.

#include "atrous_microkernel.h"

// --- Depthwise on planes: vectors of neighbouring columns (channels first), or of a pixel's channels (blocked) ----------
// y[i·y_row + j·y_step] = epilogue( bias + Σ_t x[i·x_row + j·x_step + tap.a] · w[tap.b] ), vectors, i < rows, j < columns

typedef struct {
  const float *x;
  intptr_t x_row, x_step;
  intptr_t x_last;        // of the last column, which may overlap the one before
  const float *w;         // a vector a tap; one value, where they are spread
  const float *bias;      // a vector, or one value; zeros where there is none
  int32_t spread;         // 1: weights and bias are one value for all lanes
  const atrous_tap *taps; // [tap_count ≥ 0]
  intptr_t tap_count;
  float *y;
  intptr_t y_row, y_step, y_last;  // also of the residual
  intptr_t rows, columns; // columns in vectors
  const atrous_epilogue *epilogue;  // what comes after the bias; NULL: nothing
  // Only where all of 3 × 3 taps are live, x_step being y_step: rows from one to the next of the same phase.
  intptr_t phase_step;
  // Only at the edges, of one column with weights that are spread:
  const float *masks;     // [tap_count][lanes]: −1 where the tap meets the input, else 0; NULL: everywhere
  intptr_t single;        // 0: whole vectors; else that many lanes one by one, reading nothing that a mask hides
} atrous_depthwise_plane_args;

// --- Depthwise on a block of channels, 3 × 3 taps of which the middle one always meets the input -----------------------
// y[i][j] = epilogue( bias + Σ_{r,s} x[i + (r − 1)·down][j + (s − 1)·across] · w[r][s] ), a vector a pixel

typedef struct {
  const float *x;         // what the middle tap of the first output reads
  intptr_t x_row, x_step; // from output to output
  intptr_t down, across;  // from tap to tap
  const float *w;         // [3][3][lanes]
  const float *bias;      // a vector; zeros where there is none
  float *y;
  intptr_t y_row, y_step; // also of the residual
  intptr_t rows, columns;
  intptr_t top, bottom;   // the first row whose upper taps are live, and the first whose lower ones are not: any integers
  intptr_t left, right;   // the same of the columns, 0…columns
  intptr_t row_step;      // rows are taken phase by phase, of this many phases: 1 is one after the other
  intptr_t column_step;   // from a column to the next of its phase; 0 where columns of a phase share no inputs
  intptr_t ahead;         // floats ahead of what is read and written that lines are fetched, or by phases two rows and one row
                          // ahead; 0: those that are needed anyway
  const atrous_epilogue *epilogue;  // what comes after the bias; NULL: nothing
} atrous_depthwise_block_args;

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
