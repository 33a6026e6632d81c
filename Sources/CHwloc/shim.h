#include <hwloc.h>
#include <stdlib.h>

// Keeps hwloc's own complaints off standard error. Before its first use: it looks once.
static inline void atrous_hwloc_be_quiet(void) { setenv("HWLOC_HIDE_ERRORS", "2", 0); }
