#define KERNELS      acre_kernels_avx2
#define KERNELS_NAME "avx2"

#include "core/kernels_body.h"
