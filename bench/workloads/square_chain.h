/* The parameters of square-chain, for those who make its cells themselves. */
#ifndef ACRE_BENCH_SQUARE_CHAIN_H
#define ACRE_BENCH_SQUARE_CHAIN_H

#include "bench/bench.h"

/* Places in acre_cell_spec.values. */
enum acre_square_chain_parameter {
    ACRE_CHAIN_ELEMENTS,
    ACRE_CHAIN_DEPTH,
    ACRE_CHAIN_BACKWARD, /* 0 or 1 */
    ACRE_CHAIN_FILL,     /* enum acre_fill */
    ACRE_CHAIN_ORDER,    /* enum acre_order */
    ACRE_CHAIN_ALIGN,    /* 0: 64 bytes, 1: 16 */
    ACRE_CHAIN_PARAMETERS
};

enum acre_fill {
    ACRE_FILL_RANDN, /* x is new in each iteration, with new random numbers: the seed's loop */
    ACRE_FILL_REUSE, /* x is made once */
};

#endif
