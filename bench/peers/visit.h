/* One visit to a peer: a fresh process that does one task and prints two numbers. */
#ifndef ACRE_BENCH_PEERS_VISIT_H
#define ACRE_BENCH_PEERS_VISIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peer_visit {
    double ns; /* processor time per object */
    uint64_t checksum;
    char failure[128]; /* "crashes (Segmentation fault)", what it said itself; "" if none */
};

/* `words`: the program and its arguments, NULL-terminated. */
void peer_visit(const char *const *words, struct peer_visit *visit);

#endif
