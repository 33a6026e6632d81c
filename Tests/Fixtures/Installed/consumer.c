// The installed library from C: every function of atrous.h, results against plain loops in double, eight threads with a plan each
// on one table, and a table as `atrous export --format c` embeds it. Prints a line a check; exits 1 at the first that fails.
#include <atrous.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char atrous_embedded_table[];
extern const size_t atrous_embedded_table_bytes;

static const char *const text = "c17 h19 w23 k21 r3 s3 d2 p2 nhwc bias relu";

static void expect(int holds, const char *what) {
  printf("%s: %s\n", holds ? "ok" : "failed", what);
  if (!holds) exit(1);
}

static float value(size_t index) { return (float)((index * 2654435761u >> 8) % 2001) / 1000 - 1; }

static float *filled(size_t count) {
  float *values = malloc(count * sizeof *values);
  for (size_t index = 0; index < count; ++index) values[index] = value(index);
  return values;
}

typedef struct {
  atrous_problem problem;
  atrous_sizes sizes;
  float *input, *weights, *bias;
} data;

static data make_data(void) {
  data made;
  expect(atrous_problem_parse(text, &made.problem, NULL) == ATROUS_OK, "a problem parses");
  expect(atrous_problem_sizes(&made.problem, &made.sizes, NULL) == ATROUS_OK, "its sizes");
  made.input = filled(made.sizes.input);
  made.weights = filled(made.sizes.weights);
  made.bias = filled(made.sizes.bias);
  return made;
}

// max|y − ref| / max|ref| of stride 1, channels last, one group.
static double error_of(const data *made, const float *output) {
  const atrous_problem *p = &made->problem;
  double worst = 0, scale = 0;
  for (int64_t i = 0; i < made->sizes.output_height; ++i)
    for (int64_t j = 0; j < made->sizes.output_width; ++j)
      for (int64_t k = 0; k < p->filters; ++k) {
        double sum = made->bias[k];
        for (int64_t r = 0; r < p->height.kernel; ++r)
          for (int64_t s = 0; s < p->width.kernel; ++s) {
            int64_t y = i + r * p->height.dilation - p->height.before, x = j + s * p->width.dilation - p->width.before;
            if (y < 0 || x < 0 || y >= p->height.input || x >= p->width.input) continue;
            for (int64_t c = 0; c < p->channels; ++c)
              sum += (double)made->input[(y * p->width.input + x) * p->channels + c]
                * made->weights[((k * p->channels + c) * p->height.kernel + r) * p->width.kernel + s];
          }
        double difference = fabs((sum > 0 ? sum : 0) - output[(i * made->sizes.output_width + j) * p->filters + k]);
        if (difference > worst) worst = difference;
        if (fabs(sum) > scale) scale = fabs(sum);
      }
  return worst / scale;
}

static double run(const data *made, const atrous_table *table, int threads) {
  atrous_error error = {0};
  atrous_plan *plan = atrous_plan_create(&made->problem, made->weights, made->bias, threads, table, &error);
  if (!plan) { puts(error.message); exit(1); }
  size_t bytes = atrous_plan_workspace_bytes(plan);
  void *workspace = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
  float *output = malloc(made->sizes.output * sizeof *output);
  atrous_pool *pool = threads > 1 ? atrous_pool_create(threads, &error) : NULL;
  int32_t status = atrous_plan_run(
      plan, made->input, made->sizes.input, NULL, 0, output, made->sizes.output, workspace, bytes, pool, &error);
  if (status != ATROUS_OK) { puts(error.message); exit(1); }
  double worst = error_of(made, output);
  memset(output, 0, made->sizes.output * sizeof *output);
  atrous_plan_execute(plan, made->input, NULL, output, workspace, pool);
  double again = error_of(made, output);
  status = atrous_plan_run(
      plan, made->input, made->sizes.input - 1, NULL, 0, output, made->sizes.output, workspace, bytes, pool, &error);
  if (status != ATROUS_INVALID || !strstr(error.message, "input")) exit(1);
  status = atrous_plan_run(
      plan, made->input, made->sizes.input, NULL, 0, (float *)made->input + made->sizes.input - 1, made->sizes.output,
      workspace, bytes, pool, &error);
  if (status != ATROUS_INVALID || !strstr(error.message, "overlaps")) exit(1);
  status = atrous_plan_run(
      plan, made->input, made->sizes.input, NULL, 0, output, made->sizes.output, NULL, bytes, pool, &error);
  if (bytes > 0 && (status != ATROUS_INVALID || !strstr(error.message, "workspace"))) exit(1);
  if (threads == 1 && table == NULL) printf("ok: choice: %s\n", atrous_plan_choice(plan));
  if (atrous_plan_threads(plan) != threads || atrous_plan_packed_bytes(plan) == 0) exit(1);
  atrous_pool_free(pool);
  atrous_plan_free(plan);
  free(workspace);
  free(output);
  return worst > again ? worst : again;
}

typedef struct {
  const data *made;
  const atrous_table *table;
  double error;
} share;

static void *run_share(void *context) {
  share *mine = context;
  mine->error = run(mine->made, mine->table, 1);
  return NULL;
}

static void without_scratch(void) {
  atrous_error error = {0};
  atrous_problem problem;
  enum { PIXELS = 128 * 128 };
  atrous_problem_parse("c3 h128 w128 k16 r3 s3 d2 p2 nhwc", &problem, &error);
  float *weights = calloc(16 * 3 * 9, sizeof *weights), *input = calloc(3 * PIXELS, sizeof *input);
  float *output = malloc(16 * PIXELS * sizeof *output);
  output[PIXELS] = 1;
  atrous_plan *plan = atrous_plan_create(&problem, weights, NULL, 1, NULL, &error);
  int32_t status = atrous_plan_run(plan, input, 3 * PIXELS, NULL, 0, output, 16 * PIXELS, NULL, 0, NULL, &error);
  // The direct kernel of few channels needs no scratch; with a table of another machine it may be another one.
  if (atrous_plan_workspace_bytes(plan) == 0)
    expect(status == ATROUS_OK && output[PIXELS] == 0, "NULL is the workspace of a plan that needs none");
  else
    expect(status == ATROUS_INVALID && strstr(error.message, "workspace"), "NULL is no workspace of this plan");
  atrous_plan_free(plan);
  free(output);
  free(input);
  free(weights);
}

static void bad_input(void) {
  expect(!atrous_plan_choice(NULL) && !atrous_plan_threads(NULL) && !atrous_plan_workspace_bytes(NULL)
      && !atrous_plan_packed_bytes(NULL), "a plan that is NULL has nothing");
  atrous_error error = {0};
  atrous_problem problem;
  expect(atrous_problem_parse("c8 w6 k8 s3 what nhwc", &problem, &error) == ATROUS_INVALID
      && strstr(error.message, "what"), "a bad text is named");
  expect(atrous_problem_parse(NULL, &problem, &error) == ATROUS_INVALID, "no text is refused");
  expect(atrous_table_read("no/such/table", &error) == NULL && error.status == ATROUS_UNREADABLE, "a missing table");
  expect(atrous_table_parse("nonsense", 8, &error) == NULL && error.status == ATROUS_INVALID, "a bad table");
  expect(atrous_pool_create(0, &error) == NULL && error.status == ATROUS_INVALID, "a pool of no thread");
  memset(&problem, 0, sizeof problem);
  atrous_sizes sizes;
  expect(atrous_problem_sizes(&problem, &sizes, &error) == ATROUS_INVALID, "a problem of zeros");
  problem.input_layout = 9;
  expect(atrous_problem_sizes(&problem, &sizes, &error) == ATROUS_INVALID && strstr(error.message, "input_layout"),
      "an unknown layout");
  expect(atrous_problem_parse("c8 h6 w6 k8 r3 s3 nhwc f16", &problem, &error) == ATROUS_OK, "another type parses");
  float nothing = 0;
  expect(atrous_plan_create(&problem, &nothing, NULL, 1, NULL, &error) == NULL && error.status == ATROUS_UNSUPPORTED,
      "and has no plan");
}

static void embedded(const data *made) {
  atrous_error error = {0};
  atrous_table *table = atrous_table_parse(atrous_embedded_table, atrous_embedded_table_bytes, &error);
  if (!table) puts(error.message);
  expect(table != NULL, "a table exported as C parses");
  expect(run(made, table, 1) < 1e-4, "a plan with it equals the definition");
  atrous_table_free(table);
}

int main(int count, char **arguments) {
  expect(atrous_abi() == ATROUS_ABI, "the library's ABI is the header's");
  printf("ok: version %s\n", atrous_version());
  data made = make_data();
  char printed[128];
  size_t length = atrous_problem_print(&made.problem, printed, sizeof printed, NULL);
  expect(length == strlen(text) && strcmp(printed, text) == 0, "and prints as it was written");
  without_scratch();
  bad_input();
  expect(run(&made, NULL, 1) < 1e-4, "one thread equals the definition");
  expect(run(&made, NULL, 2) < 1e-4, "two threads equal the definition");
  embedded(&made);
  atrous_table *table = NULL;
  if (count > 1) {
    atrous_error error;
    table = atrous_table_read(arguments[1], &error);
    expect(table != NULL, "a table reads");
  }
  pthread_t threads[8];
  share shares[8];
  for (int i = 0; i < 8; ++i) {
    shares[i] = (share){&made, table, 1};
    pthread_create(&threads[i], NULL, run_share, &shares[i]);
  }
  double worst = 0;
  for (int i = 0; i < 8; ++i) {
    pthread_join(threads[i], NULL);
    if (shares[i].error > worst) worst = shares[i].error;
  }
  expect(worst < 1e-4, "eight threads with a plan each");
  atrous_table_free(table);
  free(made.input);
  free(made.weights);
  free(made.bias);
  return 0;
}
