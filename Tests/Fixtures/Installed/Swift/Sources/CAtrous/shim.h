#include <atrous.h>
