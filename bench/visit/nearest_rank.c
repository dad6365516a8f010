#include "bench/visit/nearest_rank.h"

double acre_nearest_rank(const double *sorted, size_t count, unsigned percent)
{
    size_t rank = (count * percent + 99) / 100;

    return sorted[rank > 0 ? rank - 1 : 0];
}
