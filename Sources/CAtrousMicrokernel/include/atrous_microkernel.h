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
  const intptr_t *a_rows; // [mr] offset of each row from a; entries from m on repeat the last row
  intptr_t a_rows_pitch;  // entries from one tap's rows to the next's; 0: all taps have the same
  const float *b;         // column j of depth k at b + tap.b + k·b_stride + j, readable up to n columns, and a vector
  intptr_t b_stride;
  const atrous_tap *taps; // [tap_count ≥ 0]
  intptr_t tap_count;
  intptr_t k;             // depth of the taps but the last `shallow_taps`
  intptr_t k_last;        // depth of those
  intptr_t shallow_taps;
  float *c;
  const intptr_t *c_rows; // [mr] offset of each row from c, repeated like a_rows: what is stored twice is the same
  intptr_t c_pitch;       // from one vector of a row of c to the next, n being whole vectors; 0: they lie together
  intptr_t m, n;          // valid rows 1…mr and columns 1…nr
  int32_t accumulate;
  int32_t bias_by_row;    // bias[row] instead of bias[column]
  const atrous_epilogue *epilogue;  // NULL: the plain sum
  const float *prefetch;  // NULL, or what later calls read, to be fetched into L2: step i of the depth, over all taps, fetches
  intptr_t prefetch_pace; // the line at prefetch + i·prefetch_pace; 0 where prefetch is NULL
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

// --- Grouped: the lanes are groups ---------------------------------------------------------------------------------------
// y[row][g][f] = epilogue( Σ_t Σ_c x[row][tap.a + …] · w[tap.b + …] ) of all groups, a block of as many as there are lanes at
// a time; see Grouped.swift for the order of x and w.

typedef struct {
  const float *x;         // pixels as [block][c][lane], which one channel a group is in place
  const intptr_t *x_rows; // [rows of the tile] offset of each pixel from x, past the last repeated
  const float *w;         // [block][tile of filters][tap][c][f][lane]
  intptr_t w_tile;        // from one tile of filters to the next
  const atrous_tap *taps; // [tap_count ≥ 0]; b within a tile of filters
  intptr_t tap_count;
  intptr_t groups;
  intptr_t channels, filters;  // of a group
  int32_t overlaps;       // the last block ends at the last group and overlaps its neighbour
  float *sums;            // [rows of the tile][tile of filters][f][lane], then [lane][filters] of one row
  float *y;
  const intptr_t *y_rows; // [rows of the tile] offset of each pixel from y (and from the residual)
  intptr_t rows;          // valid rows
  const atrous_epilogue *epilogue;  // NULL: the plain sum
} atrous_grouped_args;

// lanes[pixel][block][c][lane] = x[pixel][(block·lanes + lane)·channels + c], zero past the last group.
typedef struct {
  const float *x;
  intptr_t pixels, groups, channels;
  float *lanes;
} atrous_group_lanes_args;

// panels[tile][tap][c][f][lane] = w[group lane][tile·tile_filters + f][c][tap], zero past the last filter and group.
typedef struct {
  const float *w;         // K × C × taps of the block's first group
  intptr_t groups;        // of the block
  intptr_t filters, channels, taps;  // of a group
  intptr_t tile_filters;
  float *panels;
} atrous_pack_grouped_args;

// --- Reference: the tile in Float64, up to 6 rows × 8 columns ------------------------------------------------------
// y[row][column] = epilogue( Σ_t Σ_k a[t][row][k] · b[tap.b + k·8 + column] ); a is f32, b and y are f64.

enum { ATROUS_REFERENCE_ROWS = 6, ATROUS_REFERENCE_COLUMNS = 8 };

typedef struct {
  const float *a;
  const intptr_t *a_rows; // [6] offset of each row from a; entries from m on repeat the last row
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

// --- Indirection -----------------------------------------------------------------------------------------------------
// A plan's table with ATROUS_PADDING where a tap is padding, to one that reads a row of zeros there:
// rows[i] = table[i] == ATROUS_PADDING ? zeros : table[i]

static const intptr_t ATROUS_PADDING = INTPTR_MIN;

typedef struct {
  const intptr_t *table;
  intptr_t zeros;         // offset of the zeros from the input
  intptr_t *rows;
  intptr_t count;
} atrous_indirection_args;

// --- Packing ---------------------------------------------------------------------------------------------------------

// Weights K × C × taps of one group to panels[p][c / block][tap][c mod block][width], columns past K zero; the last block
// of channels may be shorter.
typedef struct {
  const float *w;
  intptr_t filters, channels, taps;
  intptr_t width, block;
  void *panels;           // float, or double for the reference
} atrous_pack_panels_args;

// Weights K × C × taps to rows[k][tap][c].
typedef struct {
  const float *w;
  intptr_t filters, channels, taps;
  float *rows;
} atrous_pack_filters_args;

// One input row of some channels, zero-padded, its columns split by their remainder modulo `stride`: for every channel c,
// phase f < phases and j < count
// packed[c·packed_pitch + f·phase_pitch + j] = row[c·channel_pitch + first + f + j·stride], zero outside 0 ..< columns.
typedef struct {
  const float *row;
  intptr_t channels, channel_pitch;
  intptr_t columns;
  intptr_t first;         // may be negative
  intptr_t stride, phases;
  float *packed;
  intptr_t packed_pitch, phase_pitch, count;
} atrous_pack_row_args;

// destination[column · destination_pitch + row] = source[row · source_pitch + column]
typedef struct {
  const float *source;
  intptr_t source_pitch;
  float *destination;
  intptr_t destination_pitch;
  intptr_t rows, columns;
} atrous_transpose_args;

// For every row, destination[row · destination_pitch + j] = source[row · source_pitch + j] for j < columns, and zero for
// the `zeros` after them.
typedef struct {
  const float *source;    // any, also NULL, where there are no columns
  intptr_t source_pitch;
  float *destination;
  intptr_t destination_pitch;
  intptr_t rows, columns, zeros;
} atrous_copy_rows_args;

// destination[row·destination_pitch + c] = source[offsets[row] + c]
typedef struct {
  const float *source;
  const intptr_t *offsets;  // [rows]
  float *destination;
  intptr_t destination_pitch;
  intptr_t rows, channels;
} atrous_gather_rows_args;

// --- Bilinear transforms ---------------------------------------------------------------------------------------------
// An axis of 2…7 taps has at least 2 outputs a tile and patches of at most 8 pixels, or 10 where it is the only one. Rows
// may have one tap instead: then they have one output and are not transformed. Rows and columns are the plan's: where only
// the height has taps, its driver calls it the columns.

// What makes the outputs of one axis. PATCH_3…8 and 10: Winograd's F(m,r) of m + r − 1 pixels by as many products over the
// shared points 0, ∞, 1, −1, 2, −2, ½, −½, ¾, −¾. The others, of three taps: all L outputs of a phase of L pixels between
// zeros, by 2·L − 1 products on an axis whose longest phase is as named, or by 4 (ShortPhase.swift). An axis mixes
// patches, or the algorithms of one longest phase or of 4 products; they share its weights. ONE_TAP is no transform.
// Whole phases come last, those of an axis by ascending L.
enum {
  ATROUS_AXIS_ONE_TAP = 1,
  ATROUS_AXIS_PATCH_3 = 3,
  ATROUS_AXIS_PATCH_4,
  ATROUS_AXIS_PATCH_5,
  ATROUS_AXIS_PATCH_6,
  ATROUS_AXIS_PATCH_7,
  ATROUS_AXIS_PATCH_8,
  ATROUS_AXIS_PATCH_10 = 10,
  ATROUS_AXIS_1_OF_2,
  ATROUS_AXIS_2_OF_2,
  ATROUS_AXIS_2_OF_3,
  ATROUS_AXIS_3_OF_3,
  ATROUS_AXIS_2_IN_4,
  ATROUS_AXIS_3_IN_4,
};

// One output tile of one phase of one image.
typedef struct {
  intptr_t x, y;          // offsets of the patch's pixel (0,0) from x (it may lie outside) and of output pixel (0,0) from y
  int32_t row_algorithm, column_algorithm;  // ATROUS_AXIS_*
  int32_t row_points, column_points;        // their products
  int32_t height, width;                    // their outputs
  int32_t row_begin, row_end, column_begin, column_end;  // live pixels of the patch; the others read as
                                                         // zero. No column is live where no row is
  int32_t rows, columns;  // valid output pixels, at most height and width
} atrous_winograd_tile;

// Input patches (channels last) to V: ξ = (i, j) of channel c of tile t goes to
// v + i·xi_row_stride + j·xi_stride + (c / block)·block_stride + t·block + c mod block; a last block of fewer channels
// holds anything in its other lanes.
typedef struct {
  const float *x;         // channel 0 of the group
  const float *x_end;     // nothing is read from here on
  const atrous_winograd_tile *tiles;
  intptr_t tile_count;
  intptr_t row_taps, column_taps;
  intptr_t row_stride, column_stride;  // between the pixels of a phase
  intptr_t channels;
  float *v;
  intptr_t xi_row_stride, xi_stride, block_stride;
  intptr_t block;         // 16 or 32 channels
  float *scratch;         // [ATROUS_WINOGRAD_SCRATCH], 64-byte aligned
  int32_t fetches;        // two axes: the next tile's patch is fetched while a tile is transformed
} atrous_winograd_input_args;

// M to output tiles (channels last): ξ = (i, j) of filter k of tile t is read at
// m + i·xi_row_stride + j·xi_stride + (k / nr)·panel_stride + nr·t + k mod nr.
typedef struct {
  const float *m;
  intptr_t xi_row_stride, xi_stride, panel_stride;
  intptr_t nr;            // a multiple of the lanes, at most 64
  const atrous_winograd_tile *tiles;
  intptr_t tile_count;
  intptr_t row_taps, column_taps;
  intptr_t filters;
  float *y;               // filter 0 of the group
  intptr_t row_stride, column_stride;
  const atrous_epilogue *epilogue;  // NULL: the plain sum; bias and residual from filter 0 of the group
  float *scratch;         // [ATROUS_WINOGRAD_SCRATCH], 64-byte aligned
} atrous_winograd_output_args;

enum { ATROUS_WINOGRAD_SCRATCH = 2 * 8 * 8 * 64 };

// `channels` channels of the weights K × C × rows × columns to U, in Float64, rounded once: ξ = i·xi_columns + j,
// channel c, filter k at u + ξ·xi_stride + (k / nr)·panel_stride + c·nr + k mod nr; columns past K zero.
typedef struct {
  const float *w;         // the first channel wanted of filter 0
  intptr_t filters, filter_stride, channels;
  intptr_t row_algorithm, column_algorithm;  // of the largest tile; the smaller ones use its first ξ
  intptr_t row_taps, column_taps;
  intptr_t xi_rows, xi_columns;
  float *u;
  intptr_t xi_stride, panel_stride, nr;
} atrous_winograd_weights_args;

// One pass of a transform along one axis: `lines` transforms side by side, each `width` channels wide. It never leaves the
// instruction-set modules; it stands here because a debug build gives a Swift struct metadata and weak copy functions.
typedef struct {
  const float *from;      // element e of line l is at from + l·from_line + e·from_element
  intptr_t from_line __attribute__((swift_name("fromLine")));
  intptr_t from_element __attribute__((swift_name("fromElement")));
  float *to;
  intptr_t to_line __attribute__((swift_name("toLine")));
  intptr_t to_element __attribute__((swift_name("toElement")));
  intptr_t lines, width;
  intptr_t begin, end;    // input: the elements that are read; the others are zero
  intptr_t last;          // output: where the last vector starts, at most width − lanes
} atrous_winograd_pass;

// --- The list --------------------------------------------------------------------------------------------------------

enum {
  ATROUS_KIND_TILE = 0,
  ATROUS_KIND_DEPTHWISE,
  ATROUS_KIND_DEPTHWISE_PLANE,
  ATROUS_KIND_DEPTHWISE_LINE,
  ATROUS_KIND_DEPTHWISE_THREE,
  ATROUS_KIND_DEPTHWISE_EDGE,
  ATROUS_KIND_DEPTHWISE_BLOCK,
  ATROUS_KIND_DEPTHWISE_TILE,
  ATROUS_KIND_DEPTHWISE_ROWS,
  ATROUS_KIND_DEPTHWISE_REPEAT,
  ATROUS_KIND_GROUPED,
  ATROUS_KIND_GROUP_LANES,
  ATROUS_KIND_PACK_GROUPED,
  ATROUS_KIND_REFERENCE,
  ATROUS_KIND_SCALAR,
  ATROUS_KIND_PACK_PANELS,
  ATROUS_KIND_PACK_PANELS_DOUBLE,
  ATROUS_KIND_PACK_FILTERS,
  ATROUS_KIND_PACK_ROW,
  ATROUS_KIND_TRANSPOSE,
  ATROUS_KIND_COPY_ROWS,
  ATROUS_KIND_GATHER_ROWS,
  ATROUS_KIND_INDIRECTION,
  ATROUS_KIND_ROUND,
  ATROUS_KIND_WINOGRAD_INPUT,
  ATROUS_KIND_WINOGRAD_OUTPUT,
  ATROUS_KIND_WINOGRAD_WEIGHTS,
  ATROUS_KIND_WINOGRAD_ROWS_INPUT,
  ATROUS_KIND_WINOGRAD_ROWS_OUTPUT,
  ATROUS_KIND_WINOGRAD_ROWS_WEIGHTS,
  ATROUS_KIND_FOURIER_INPUT,
  ATROUS_KIND_FOURIER_OUTPUT,
  ATROUS_KIND_FOURIER_WEIGHTS,
  ATROUS_KIND_READ,
};

// One row of the list. Every instruction-set module has the same rows in the same order; `function` is NULL where the
// set lacks the registers, so that the baseline's list tells the shapes of all sets without running their code.
typedef struct {
  const char *id;         // stable, static
  int32_t kind;           // which argument struct `function` takes
  int32_t rows, columns;  // tile: mr × vectors; grouped: pixels × filters; zero elsewhere
  void (*function)(const void *args);
} atrous_microkernel;

#endif
