#define KERNELS      acre_kernels_baseline
#define KERNELS_NAME "baseline"

#include "core/kernels_body.h"
