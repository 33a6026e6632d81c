// start COUNT PROGRAM [ARGUMENT]…: the median time from starting the program to the first byte it writes, in milliseconds.
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return 1e3 * (double)time.tv_sec + 1e-6 * (double)time.tv_nsec;
}

// Milliseconds; negative where the program wrote nothing or failed.
static double start(char **program) {
  int ends[2], status;
  pid_t child;
  char byte;
  if (pipe2(ends, O_CLOEXEC)) return -1;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  double begin = now();
  int failure = posix_spawn(&child, program[0], &actions, NULL, program, environ);
  close(ends[1]);
  double time = !failure && read(ends[0], &byte, 1) == 1 ? now() - begin : -1;
  if (!failure && (waitpid(child, &status, 0) != child || status != 0)) time = -1;
  close(ends[0]);
  posix_spawn_file_actions_destroy(&actions);
  return time;
}

static int compare(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

int main(int count, char **arguments) {
  int times = count > 2 ? atoi(arguments[1]) : 0;
  double *samples = times > 0 ? malloc((size_t)times * sizeof *samples) : NULL;
  if (!samples) {
    fprintf(stderr, "start COUNT PROGRAM [ARGUMENT]...\n");
    return 2;
  }
  for (int index = 0; index < times; ++index) {
    samples[index] = start(arguments + 2);
    if (samples[index] < 0) {
      fprintf(stderr, "start: %s failed\n", arguments[2]);
      return 1;
    }
  }
  qsort(samples, (size_t)times, sizeof *samples, compare);
  printf("%.2f\n", samples[times / 2]);
  free(samples);
  return 0;
}
