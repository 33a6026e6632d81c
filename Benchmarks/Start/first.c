// The shortest useful program: one plan, one result. `first load` stops when the library is loaded.
#include <atrous.h>
#include <stdio.h>
#include <stdlib.h>

static float *values(int64_t count) {
  float *made = malloc((size_t)count * sizeof *made);
  for (int64_t index = 0; made && index < count; ++index) made[index] = (float)(index % 7) - 3;
  return made;
}

int main(int count, char **arguments) {
  (void)arguments;
  if (count > 1) return puts(atrous_version()) < 0;
  atrous_error error = {0};
  atrous_problem problem;
  atrous_sizes sizes;
  atrous_plan *plan = NULL;
  if (atrous_problem_parse("c16 h32 w32 k16 r3 s3 d2 p2 nhwc", &problem, &error) == ATROUS_OK
      && atrous_problem_sizes(&problem, &sizes, &error) == ATROUS_OK) {
    float *weights = values(sizes.weights);
    plan = atrous_plan_create(&problem, weights, NULL, 1, NULL, &error);
    free(weights);
  }
  if (!plan) {
    fprintf(stderr, "first: %s\n", error.message);
    return 1;
  }
  float *input = values(sizes.input), *output = values(sizes.output);
  void *workspace = aligned_alloc(64, (atrous_plan_workspace_bytes(plan) + 127) / 64 * 64);
  atrous_plan_execute(plan, input, NULL, output, workspace, NULL);
  printf("%g\n", (double)output[0]);
  return 0;
}
