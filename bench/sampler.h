/*
 * Looks on while a memory visit runs in a child: every 5 ms what the kernel says of the process,
 * beside what the visit has published (gauge.h). The child is not stopped and does nothing for it,
 * but for the moment in which the kernel walks its page tables and it may not map; where that takes
 * long, looks are fewer, so that they have a tenth of the time.
 */
#ifndef ACRE_BENCH_SAMPLER_H
#define ACRE_BENCH_SAMPLER_H

#include "bench/child.h"
#include "bench/gauge.h"

enum { ACRE_MOST_SAMPLES = 400, ACRE_SAMPLE_MS = 5 };

/*
 * Rows of equally many looks. When there is no room for one more, each two that follow each other
 * are made one, and from then on a row takes twice as many: no look is lost, the least and the most
 * of resident stay, and so does the last of a row.
 */
struct acre_timeline {
    struct acre_memory_sample rows[ACRE_MOST_SAMPLES];
    size_t count;
    uint64_t looks_per_row; /* 0: 1 */
};

/* Adds one look: looks is 1, the least and the most of resident are what it is. */
void acre_timeline_add(struct acre_timeline *timeline, const struct acre_memory_sample *look);

/* What is to be seen of a process, now. False where nothing is: it does not run yet or no more, or
 * the kernel does not tell. What the backend can tell is not known here: has_usable and has_held
 * are false. */
bool acre_sample(pid_t process, const struct acre_gauge *gauge, struct acre_memory_sample *look);

struct acre_sampler {
    struct acre_child child;
    struct acre_gauge *gauge;
    int descriptor;
    struct acre_timeline timeline;
};

/* Starts the visit in a child. A failure is that of acre_sampler_end. */
void acre_sampler_begin(struct acre_sampler *sampler, const struct acre_launch *launch,
                        const struct acre_visit *visit);

/* Returns when the child has dropped everything and waits, or has ended. */
void acre_sampler_follow(struct acre_sampler *sampler);

/* Waits for the answer, as acre_visit_in_child does; a cell with memory gets the timeline. */
bool acre_sampler_end(struct acre_sampler *sampler, struct acre_run *answer);

#endif
