// threads TABLE: what atrous.h promises of threads, for the thread sanitizer. Eight threads make plans of one table, all
// at once, run them on pools of their own, and run one plan that they share; all must come to the bits that one thread has.
// threads TABLE race: two threads write one output, which the sanitizer must report.
#include <atrous.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 8, ROUNDS = 3 };

// One for each kind of kernel: transform, short phases, channels first, depthwise, grouped, one axis, pointwise.
static const char *const texts[] = {
  "c32 h20 w20 k24 r3 s3 d2 p2 nhwc bias relu", "c64 h12 w12 k32 r3 s3 d6 p6 nhwc", "c17 h15 w19 k21 r3 s3 d2 p2 nchw bias",
  "g24 c24 h15 w15 k24 r3 s3 d2 p2 nhwc relu6", "g2 c16 h14 w14 k24 r3 s3 d2 p2 nchw", "c32 w300 k32 s2 d8 pl8 nhwc",
  "c32 h9 w9 k40 nhwc r1 s1",
};
enum { PROBLEMS = sizeof texts / sizeof *texts };

typedef struct {
  atrous_problem problem;
  atrous_sizes sizes;
  float *input, *weights, *bias, *expected;
  atrous_plan *plan;
} task;

static task tasks[PROBLEMS];
static const atrous_table *table;

static void fail(const char *what) {
  fprintf(stderr, "failed: %s\n", what);
  exit(1);
}

static float *filled(int64_t count) {
  float *values = malloc((size_t)(count + 1) * sizeof *values);
  if (!values) fail("memory");
  for (int64_t index = 0; index < count; ++index) values[index] = (float)((index * 7919) % 2001) / 1000 - 1;
  return values;
}

static atrous_plan *plan_of(const task *task, int32_t threads) {
  atrous_error error = {0};
  atrous_plan *plan =
    atrous_plan_create(&task->problem, task->weights, task->sizes.bias ? task->bias : NULL, threads, table, &error);
  if (!plan) fail(error.message);
  return plan;
}

static void *workspace_of(const atrous_plan *plan) {
  return aligned_alloc(64, (atrous_plan_workspace_bytes(plan) + 127) / 64 * 64);
}

static void run(const task *task, const atrous_plan *plan, atrous_pool *pool) {
  void *workspace = workspace_of(plan);
  float *output = filled(task->sizes.output);
  for (int round = 0; round < ROUNDS; ++round) {
    atrous_plan_execute(plan, task->input, NULL, output, workspace, pool);
    if (memcmp(output, task->expected, (size_t)task->sizes.output * sizeof *output)) fail("the bits of one thread");
  }
  free(output);
  free(workspace);
}

static void *work(void *context) {
  int first = *(int *)context;
  atrous_error error = {0};
  atrous_pool *pool = atrous_pool_create(2, &error);
  if (!pool) fail(error.message);
  for (int step = 0; step < PROBLEMS; ++step) {
    const task *task = &tasks[(first + step) % PROBLEMS];
    atrous_plan *own = plan_of(task, 2);
    run(task, own, pool);
    atrous_plan_free(own);
    run(task, task->plan, NULL);
  }
  atrous_pool_free(pool);
  return NULL;
}

static float *shared_output;

static void *write_shared(void *context) {
  const task *task = context;
  void *workspace = workspace_of(task->plan);
  atrous_plan_execute(task->plan, task->input, NULL, shared_output, workspace, NULL);
  free(workspace);
  return NULL;
}

static void on_threads(int count, void *(*body)(void *), void **contexts) {
  pthread_t threads[THREADS];
  for (int index = 0; index < count; ++index)
    if (pthread_create(&threads[index], NULL, body, contexts[index])) fail("a thread");
  for (int index = 0; index < count; ++index) pthread_join(threads[index], NULL);
}

int main(int count, char **arguments) {
  atrous_error error = {0};
  atrous_table *read = count > 1 ? atrous_table_read(arguments[1], &error) : NULL;
  if (!read) fail(count > 1 ? error.message : "threads TABLE [race]");
  table = read;
  for (int index = 0; index < PROBLEMS; ++index) {
    task *task = &tasks[index];
    if (atrous_problem_parse(texts[index], &task->problem, &error)
        || atrous_problem_sizes(&task->problem, &task->sizes, &error))
      fail(error.message);
    task->input = filled(task->sizes.input);
    task->weights = filled(task->sizes.weights);
    task->bias = filled(task->sizes.bias);
    task->expected = filled(task->sizes.output);
    // Of two threads as below: another count may get another candidate.
    task->plan = plan_of(task, 2);
    void *workspace = workspace_of(task->plan);
    atrous_plan_execute(task->plan, task->input, NULL, task->expected, workspace, NULL);
    free(workspace);
  }
  if (count > 2) {
    shared_output = filled(tasks[0].sizes.output);
    on_threads(2, write_shared, (void *[]){&tasks[0], &tasks[0]});
    free(shared_output);
  } else {
    int numbers[THREADS];
    void *contexts[THREADS];
    for (int index = 0; index < THREADS; ++index) {
      numbers[index] = index;
      contexts[index] = &numbers[index];
    }
    on_threads(THREADS, work, contexts);
    printf("ok: %d threads, one table, %d problems: plans of their own on pools, and shared ones\n", THREADS, PROBLEMS);
  }
  for (int index = 0; index < PROBLEMS; ++index) {
    atrous_plan_free(tasks[index].plan);
    free(tasks[index].input);
    free(tasks[index].weights);
    free(tasks[index].bias);
    free(tasks[index].expected);
  }
  atrous_table_free(read);
  return 0;
}
