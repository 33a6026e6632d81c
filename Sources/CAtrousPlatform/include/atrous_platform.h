#ifndef ATROUS_PLATFORM_H
#define ATROUS_PLATFORM_H

#include <stdint.h>

#endif
