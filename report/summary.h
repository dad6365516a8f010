/* Several workloads at once: who is best at each, and what a region of an arena is worth over all.
 */
#ifndef ACRE_REPORT_SUMMARY_H
#define ACRE_REPORT_SUMMARY_H

#include "report/group.h"
#include "report/layout.h"

/* What is said of a group. Ratios are those of the region's times unless said otherwise. */
struct acre_contest {
    const struct acre_group *group;
    const struct acre_group_row *fastest; /* NULL: nothing was timed */
    const struct acre_group_row *region;  /* arena/region; NULL: not timed */
    const struct acre_group_row *single;  /* the fastest that frees singly (lifetimes weak and
                                             collector); NULL: none */
    struct acre_ratio *against_fastest; /* of each row that was timed; zeroed for that one itself */
    const struct acre_ratio *region_against_fastest; /* one of these; NULL: not timed, or fastest */
    bool has_against_malloc, has_against_single;     /* malloc/weak; `single` */
    struct acre_ratio against_malloc, against_single;
    size_t ties, open; /* strategies not shown to be slower than the fastest, and not judged */
};

/* The region against one rival over all groups that have both. */
struct acre_overall {
    size_t groups;
    bool is_known;
    struct acre_ratio ratio;
};

/*
 * Over all groups: in each round the mean of the log ratios of the groups, so that each group
 * weighs the same, whatever its time; the rounds then as everywhere (report/stats.h). All verdicts
 * are one family.
 */
struct acre_summary {
    struct acre_family family;
    const struct acre_group *groups;
    struct acre_contest *contests; /* one a group */
    size_t count;
    struct acre_overall against_malloc, against_single;
};

/* False when out of memory; then zeroed. It looks at the groups, which are to stay. */
bool acre_summary_init(struct acre_summary *summary, const struct acre_groups *groups);
void acre_summary_fini(struct acre_summary *summary);

/* "Over 14 cases of equal weight, arena/region is the fastest in 9. Against malloc: 1.81x faster
 * [1.69, 2.07]. Against the best malloc-like of each: ..." */
struct acre_summary_sentence {
    char text[640];
};
struct acre_summary_sentence acre_summary_sentence(const struct acre_summary *summary);

/*
 * The sentence and one table, a row for each group: its fastest strategy, and arena/region against
 * malloc/weak and against the fastest that frees singly. Then what failed, what leaks, and whether
 * results agree. False when out of memory.
 */
bool acre_summary_print(const struct acre_page *page, const struct acre_groups *groups);

#endif
