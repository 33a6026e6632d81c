#ifndef ATROUS_PLATFORM_H
#define ATROUS_PLATFORM_H

// The processor, the clock, the environment and small system files.

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <sys/sysctl.h>
#endif

static inline const char *atrous_architecture(void) {
#if defined(__x86_64__)
  return "x86_64";
#elif defined(__aarch64__)
  return "arm64";
#else
  return "unknown";
#endif
}

// registers = eax, ebx, ecx, edx of a leaf; zeros where there is no cpuid.
static inline void atrous_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t *registers) {
#if defined(__x86_64__)
  __asm__ volatile("cpuid"
                   : "=a"(registers[0]), "=b"(registers[1]), "=c"(registers[2]), "=d"(registers[3])
                   : "a"(leaf), "c"(subleaf));
#else
  (void)leaf, (void)subleaf;
  registers[0] = registers[1] = registers[2] = registers[3] = 0;
#endif
}

// The register state the system saves (XCR0). Only where cpuid tells OSXSAVE: elsewhere the instruction is illegal.
static inline uint64_t atrous_xgetbv(void) {
#if defined(__x86_64__)
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
#else
  return 0;
#endif
}

static inline uint64_t atrous_monotonic_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// Ticks of the constant-rate counter: rdtsc, or cntvct on arm64.
static inline uint64_t atrous_timestamp(void) {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
  return 0;
#endif
}

static inline const char *atrous_getenv(const char *name) { return getenv(name); }

// Reads at most `capacity` bytes of a file: their count, or −1 where it cannot be read.
static inline intptr_t atrous_read_file(const char *path, char *buffer, intptr_t capacity) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  intptr_t count = 0;
  while (count < capacity) {
    const ssize_t got = read(file, buffer + count, (size_t)(capacity - count));
    if (got < 0) count = -1;
    if (got <= 0) break;
    count += got;
  }
  close(file);
  return count;
}

// Writes a line to standard error.
static inline void atrous_note(const char *text, intptr_t bytes) {
  ssize_t written = write(STDERR_FILENO, text, (size_t)bytes);
  (void)written;
}

// Bytes of the machine's memory; 0 where the system does not tell.
static inline int64_t atrous_memory_bytes(void) {
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  return pages > 0 && page > 0 ? (int64_t)pages * page : 0;
}

// A whole number the system tells by name (sysctl); −1 where there is none of that name.
static inline int64_t atrous_system_integer(const char *name) {
#if defined(__APPLE__)
  int64_t value = 0;
  size_t size = sizeof value;
  if (sysctlbyname(name, &value, &size, NULL, 0) != 0) return -1;
  return size == 4 ? (int64_t)(uint32_t)value : value;
#else
  (void)name;
  return -1;
#endif
}

#endif
