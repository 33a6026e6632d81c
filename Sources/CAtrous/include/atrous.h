#ifndef ATROUS_H
#define ATROUS_H

// Dilated (atrous) convolution on CPUs: y = epilogue( Σ x · w ), f32, with the kernel that was measured to be fastest for the
// problem on this machine. Link with -latrous.
//
// Functions that can fail return 0, or NULL, or a status, and fill `error` where it is not NULL. Nothing here aborts on bad
// input, but for atrous_plan_execute, which checks nothing. Objects belong to the caller, who frees them; tables and plans
// are immutable and may be used by any number of threads at once, a workspace and a pool by one at a time.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Raised when a function's meaning or signature changes; also the number in the library's soname.
#define ATROUS_ABI 1

int32_t atrous_abi(void);
// Such as "0.1.0".
const char *atrous_version(void);

// --- Errors ------------------------------------------------------------------------------------------------------------

enum {
  ATROUS_OK = 0,
  ATROUS_INVALID = 1,        // a value out of its range, a text that does not parse, a buffer of the wrong size
  ATROUS_UNSUPPORTED = 2,    // a problem that no kernel of this build takes
  ATROUS_OUT_OF_MEMORY = 3,
  ATROUS_UNREADABLE = 4      // a file that cannot be read
};

typedef struct {
  int32_t status;
  char message[508];         // one line, NUL-terminated: the value, and what is allowed
} atrous_error;

// --- Problems ----------------------------------------------------------------------------------------------------------

// One spatial axis. Output position o and tap t meet the input at o·stride + t·dilation − before; taps outside the input
// contribute nothing. Dilation 1 is dense. An axis of zeros is absent: a problem may have one, two or three.
typedef struct {
  int64_t input, kernel, stride, dilation, before, after;
} atrous_axis;

// The blocked layouts round channels up to whole blocks: the lanes past the last channel may hold anything in an input or
// residual, and are written as zero in an output.
enum { ATROUS_NCHW = 0, ATROUS_NHWC = 1, ATROUS_NCHW8C = 2, ATROUS_NCHW16C = 3 };
enum { ATROUS_F32 = 0, ATROUS_F16 = 1, ATROUS_BF16 = 2, ATROUS_U8S8 = 3, ATROUS_S8S8 = 4 };
enum { ATROUS_FORWARD = 0, ATROUS_BACKWARD_DATA = 1, ATROUS_BACKWARD_WEIGHTS = 2 };
enum { ATROUS_NO_ACTIVATION = 0, ATROUS_RELU = 1, ATROUS_RELU6 = 2, ATROUS_LEAKY = 3, ATROUS_CLAMP = 4 };

typedef struct {
  int64_t batch, groups, channels, filters;  // channels and filters count all groups
  atrous_axis depth, height, width;
  int32_t type, direction;                   // what runs today is f32 forward
  int32_t input_layout, output_layout;
  int32_t bias, add;                         // 1: a bias per filter; a residual of the output's shape and layout
  int32_t activation;                        // after bias and residual
  float slope;                               // leaky: x < 0 ? slope·x : x
  float low, high;                           // clamp
} atrous_problem;

// From a text such as "c64 h33 w33 k64 r3 s3 d2 p2 nhwc bias relu"; the status, 0 where all is well.
int32_t atrous_problem_parse(const char *text, atrous_problem *problem, atrous_error *error);

// Its text, NUL-terminated, cut at `capacity` bytes. Returns the length of the whole text without the NUL; 0 on an error.
size_t atrous_problem_print(const atrous_problem *problem, char *text, size_t capacity, atrous_error *error);

// Elements of the tensors (blocked layouts round channels up) and positions of the output.
typedef struct {
  int64_t input, weights, bias, residual, output;  // bias and residual are 0 where the problem has none
  int64_t output_depth, output_height, output_width;
  int64_t nominal_flops, useful_flops;             // of all taps; of the taps that touch data
} atrous_sizes;

int32_t atrous_problem_sizes(const atrous_problem *problem, atrous_sizes *sizes, atrous_error *error);

// --- Tables ------------------------------------------------------------------------------------------------------------
// What a tuning ships: which kernel to run for which problem on which machine. Without one, a plan looks at
// $ATROUS_TABLE, $XDG_DATA_HOME/atrous/atrous.table, /usr/share/atrous/atrous.table and the table built into the library; a
// given one comes before these.

typedef struct atrous_table atrous_table;

atrous_table *atrous_table_read(const char *path, atrous_error *error);
// The text need not be NUL-terminated, and is not kept.
atrous_table *atrous_table_parse(const char *text, size_t bytes, atrous_error *error);
void atrous_table_free(atrous_table *table);

// --- Plans -------------------------------------------------------------------------------------------------------------

typedef struct atrous_pool atrous_pool;
typedef struct atrous_plan atrous_plan;

// Threads at work, the caller included.
atrous_pool *atrous_pool_create(int32_t threads, atrous_error *error);
void atrous_pool_free(atrous_pool *pool);

// Chooses a kernel and packs the weights: K × C/groups × (T ×) R × S values, of which nothing is kept. `bias` is K values, or
// NULL where the problem has none. `threads` is what the work is cut for, 0 for $ATROUS_THREADS or 1; a smaller pool, or none,
// runs it too, to the same bits. `table` may be NULL.
atrous_plan *atrous_plan_create(
    const atrous_problem *problem, const float *weights, const float *bias, int32_t threads, const atrous_table *table,
    atrous_error *error);
void atrous_plan_free(atrous_plan *plan);

// What was chosen and on what evidence, in one line; lives as long as the plan.
const char *atrous_plan_choice(const atrous_plan *plan);
int32_t atrous_plan_threads(const atrous_plan *plan);
// Of the scratch that an execution needs, and of the packed weights. Of a plan that is NULL all four are 0 or NULL.
size_t atrous_plan_workspace_bytes(const atrous_plan *plan);
size_t atrous_plan_packed_bytes(const atrous_plan *plan);

// y = the convolution of x. The buffers are dense, element-aligned and do not overlap; `residual` is NULL where the problem adds
// none; `workspace` is 64-byte aligned, of atrous_plan_workspace_bytes, its contents are nothing, NULL where the plan needs none;
// `pool` may be NULL. Neither allocates nor takes a lock. Nothing is checked here, and so a plan or buffer that is NULL ends
// the program.
void atrous_plan_execute(
    const atrous_plan *plan, const float *input, const float *residual, float *output, void *workspace, atrous_pool *pool);

// The same after checking all sizes, in elements and bytes, alignments and overlaps. Returns the status.
int32_t atrous_plan_run(
    const atrous_plan *plan, const float *input, size_t input_elements, const float *residual, size_t residual_elements,
    float *output, size_t output_elements, void *workspace, size_t workspace_bytes, atrous_pool *pool, atrous_error *error);

#ifdef __cplusplus
}
#endif

#endif
