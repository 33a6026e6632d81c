#ifndef ATROUS_FOURIER_H
#define ATROUS_FOURIER_H

#include "atrous_microkernel.h"

// --- Fourier transforms ------------------------------------------------------------------------------------------------
// A tile of rows × columns pixels, each a power of two (one row where the filter has one), two vectors of channels at a
// time: the first is the real part, the second the imaginary. Forward passes end in bit-reversed order, where backward
// passes begin; the products in between do not mind.

typedef struct {
  intptr_t rows, columns;
  const float *row_twiddles, *column_twiddles;  // e^(−2πi·j/N) of j < N/2: real, imaginary
  const int32_t *places;  // [frequencies][2] where a frequency stands in a transformed tile, and where its conjugate does:
                          // the same place where it is real
  intptr_t frequencies;
} atrous_fourier_grid;

// Input patches (channels last) to V: frequency f of channel c of tile t goes to v + f·frequency_stride + t·tile_stride + c,
// twice its real part in plane 0, twice the imaginary part in plane 1, minus that in plane 2; a real one has plane 0 alone.
// Channels from `channels` up to `depth`, and to two whole vectors, are zero.
typedef struct {
  const atrous_fourier_grid *grid;
  const float *x;         // channel 0 of the group
  const atrous_winograd_tile *tiles;
  intptr_t tile_count;
  intptr_t row_stride, column_stride;  // between the pixels of a phase
  intptr_t channels, depth;
  float *v;
  intptr_t frequency_stride, plane_stride, tile_stride;
  float *scratch;         // [rows·columns·2·lanes], 64-byte aligned
} atrous_fourier_input_args;

// M to output tiles: `output` as for Winograd, its xi_row_stride from frequency to frequency, its xi_stride from the real to
// the imaginary plane, its nr a multiple of two vectors, its scratch as above.
typedef struct {
  const atrous_fourier_grid *grid;
  const atrous_winograd_output_args *output;
} atrous_fourier_output_args;

// `channels` channels of the weights K × C × rows × columns to U, in Float64, rounded once: the conjugate spectrum, over
// 2·rows·columns of the grid. The real part of frequency f, channel c, filter k is at
// u + f·frequency_stride + (k / nr)·panel_stride + c·nr + k mod nr, the imaginary `imaginary` further.
typedef struct {
  const atrous_fourier_grid *grid;
  const int32_t *waves;   // [frequencies][2] the frequency along the rows, and along the columns
  const double *row_roots, *column_roots;  // e^(2πi·j/N) of j < N: real, imaginary
  const float *w;         // the first channel wanted of filter 0
  intptr_t filters, filter_stride, channels;
  intptr_t row_taps, column_taps;
  float *u;
  intptr_t frequency_stride, panel_stride, imaginary, nr;
  double *scratch;        // [row_taps·columns·2·8]
} atrous_fourier_weights_args;

#endif
