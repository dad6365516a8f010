/*
 * Cells that may be set side by side (one workload with one set of parameters) and what the
 * statistics say about each: what the sentence and the table both look at.
 */
#ifndef ACRE_REPORT_GROUP_H
#define ACRE_REPORT_GROUP_H

#include "report/steady.h"

struct acre_group_row {
    const struct acre_cell *cell;
    bool is_timed;            /* it has a steady state and did not fail; then valid: */
    struct acre_series times; /* ns per iteration, one value a round: steady.h */
    double ns_per_iteration;  /* their median */
    bool has_x_limit;
    struct acre_ratio x_limit;
    bool has_against; /* against malloc/weak, paired by round; never for that one itself */
    struct acre_ratio against;
    bool has_cold;
    double cold_ns;
    bool has_cold_against;
    struct acre_ratio cold_against;
};

struct acre_group {
    const struct acre_cell_key *key;  /* of the first cell; names the group */
    const struct acre_played *played; /* the run's; NULL: none. Then times are without the limit */
    struct acre_group_row *rows;      /* by time, those without a time last */
    size_t row_count;
    const struct acre_group_row *reference; /* malloc/weak, or NULL where it was not timed */
    bool is_steady;                         /* its times are */
    bool has_limit;
    double limit_ns;       /* median over all cells and rounds of the group */
    size_t rounds;         /* the most any cell has */
    size_t verdict_rounds; /* the fewest with which the ratios of `against` can have a verdict */
};

/* The cells of a run in the order of acre_cell_key_compare: groups stand together. NULL when out
 * of memory. The caller frees the array, not the cells. */
const struct acre_cell **acre_run_sorted_cells(const struct acre_run *run);

/* How many cells from `cells` on belong to the group of the first. */
size_t acre_group_length(const struct acre_cell *const *cells, size_t count);

/* How many groups from the first on are of its workload. */
size_t acre_workload_length(const struct acre_group *groups, size_t count);

/*
 * The ratios of `against` are one family, those of `cold_against` another. A group in which a cell
 * cannot be steady has all its times as measured. False when out of memory; the group is then
 * zeroed.
 */
bool acre_group_init(struct acre_group *group, const struct acre_cell *const *cells, size_t count,
                     const struct acre_judging *judging);
void acre_group_fini(struct acre_group *group);

/* All of a run, in the order of acre_cell_key_compare. */
struct acre_groups {
    const struct acre_cell **cells; /* theirs, in that order */
    size_t cell_count;
    struct acre_group *groups;
    size_t count;
    struct acre_judging judging;
};

/* False when out of memory; then zeroed. It looks at the run, which is to stay. */
bool acre_groups_init(struct acre_groups *groups, const struct acre_run *run);
void acre_groups_fini(struct acre_groups *groups);

/*
 * Whether no verdict of the run's tables is open (verdict.h); true where there is none. False when
 * out of memory.
 */
bool acre_run_is_decided(const struct acre_run *run, bool *is_decided);

bool acre_group_has_parameter(const struct acre_group *group, const char *name, const char *value);

bool acre_cell_is_reference(const struct acre_cell *cell);

/* "arena/region"; of a run of another program, which has no lifetimes, the backend alone. */
struct acre_strategy_name {
    char text[320];
};
struct acre_strategy_name acre_strategy_name(const struct acre_cell_key *key);

/* "10,000 elements, depth 3, forward, x reused, order seed" */
struct acre_group_title {
    char text[384];
};
struct acre_group_title acre_group_title(const struct acre_cell_key *key);

/* The same without the parameter of that number. */
struct acre_group_title acre_group_title_without(const struct acre_cell_key *key, size_t parameter);

/* What tells the group of that number from the others, all of one workload; all there is to say
 * where there are none. */
struct acre_group_title acre_group_title_among(const struct acre_group *groups, size_t count,
                                               size_t own);

/* "malloc/weak of square-chain (10,000 elements, depth 3, forward, x reused, order seed)": a cell
 * among those of other groups. */
struct acre_cell_name {
    char text[640];
};
struct acre_cell_name acre_cell_name(const struct acre_cell_key *key);

#endif
