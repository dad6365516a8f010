/* Massif's output: memory over time, and at the peak the tree of who had it, from the innermost
 * call. */
#include <inttypes.h>
#include <stdlib.h>

#include "alloc/grow.h"
#include "export/formats.h"

/* Of points, more than ms_print has columns; besides these the peak. */
enum { MOST_SNAPSHOTS = 99 };

/* Innermost calls of a stack, as Massif's own --depth. ms_print, which calls itself for each, warns
 * of more than 100. */
enum { MOST_DEPTH = 90 };

/* What begins with a # is a comment for its readers, wherever it stands. */
static const struct acre_notation notation = {.replaced = '#', .by = '@'};

static void put_call(struct acre_text *text, const struct acre_frame *call, uint64_t address)
{
    acre_put_place(text, call, address, &notation);
}

/* The tree --------------------------------------------------------------------------------------
 *
 * Stacks are sorted by their words, the innermost first, so that those who have so many of them in
 * common are neighbours:
 *
 *    node_new  parse     main       3 children of the first group: parse, optimise,
 *    node_new  parse     repl       and one that ends there, which is no child
 *    node_new  optimise  main
 *    node_new
 */

/* A stack on the way from the innermost to the outermost. */
struct walker {
    const struct acre_stacks *stacks;
    uint32_t stack;
    uint32_t node; /* where it is; 0: behind its outermost */
};

struct group {
    size_t begin, end; /* of walkers */
    uint64_t bytes;
};

struct tree {
    const struct acre_stacks *stacks;
    struct acre_alloc *memory;
    struct walker *walkers;
    size_t count;
    struct group *groups; /* those of all levels above, then of this one */
    size_t group_count, group_capacity;
    uint64_t least_bytes; /* what has less is told together */
    FILE *stream;
};

static const struct acre_stacks_node *node_of(const struct walker *walker)
{
    return acre_stacks_node_of(walker->stacks, walker->node);
}

static uint64_t bytes_of(const struct walker *walker)
{
    return walker->stacks->stacks[walker->stack - 1].figures.peak_bytes;
}

static void step(struct walker *walker)
{
    walker->node = node_of(walker)->parent;
}

static int compare(const void *a_of, const void *b_of)
{
    struct walker a = *(const struct walker *)a_of, b = *(const struct walker *)b_of;

    for (; a.node != b.node && a.node != 0 && b.node != 0; step(&a), step(&b)) {
        uint32_t word = node_of(&a)->word, other = node_of(&b)->word;

        if (word != other)
            return word < other ? -1 : 1;
    }
    return (a.node > b.node) - (a.node < b.node);
}

/* Most bytes first. */
static int compare_groups(const void *a_of, const void *b_of)
{
    const struct group *a = a_of, *b = b_of;

    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return (a->begin > b->begin) - (a->begin < b->begin);
}

/* Walkers that are at the same word. False for want of memory. */
static bool put_groups(struct tree *tree, const struct group *within)
{
    for (size_t i = within->begin; i < within->end; i++) {
        if (tree->walkers[i].node == 0)
            continue;
        if (i > within->begin && tree->walkers[i - 1].node != 0 &&
            node_of(&tree->walkers[i])->word == node_of(&tree->walkers[i - 1])->word) {
            tree->groups[tree->group_count - 1].end = i + 1;
            tree->groups[tree->group_count - 1].bytes += bytes_of(&tree->walkers[i]);
            continue;
        }
        if (!acre_grow(tree->memory, &tree->groups, tree->group_count, &tree->group_capacity,
                       sizeof *tree->groups))
            return false;
        tree->groups[tree->group_count++] = (struct group){i, i + 1, bytes_of(&tree->walkers[i])};
    }
    return true;
}

static void put_indent(const struct tree *tree, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        putc(' ', tree->stream);
}

/* Of groups that are sorted, those that are told alone. */
static size_t count_told(const struct tree *tree, size_t first)
{
    size_t told = 0;

    while (first + told < tree->group_count &&
           tree->groups[first + told].bytes >= tree->least_bytes)
        told++;
    return told;
}

static void put_rest(const struct tree *tree, size_t first, size_t depth)
{
    uint64_t bytes = 0;

    if (first == tree->group_count)
        return;
    for (size_t i = first; i < tree->group_count; i++)
        bytes += tree->groups[i].bytes;
    put_indent(tree, depth);
    fprintf(tree->stream, "n0: %" PRIu64 " in %zu place%s, all below massif's threshold (1.00%%)\n",
            bytes, tree->group_count - first, tree->group_count - first == 1 ? "" : "s");
}

/* A group and what is below it, `depth` words in; `word` 0: all of it. */
static bool put_group(struct tree *tree, struct group group, uint32_t word, size_t depth)
{
    size_t first = tree->group_count, told;
    bool is_put = true;

    if (depth < MOST_DEPTH && !put_groups(tree, &group))
        return false;
    if (tree->group_count > first)
        qsort(tree->groups + first, tree->group_count - first, sizeof *tree->groups,
              compare_groups);
    told = count_told(tree, first);
    put_indent(tree, depth);
    fprintf(tree->stream, "n%zu: %" PRIu64 " ", told + (first + told < tree->group_count),
            group.bytes);
    if (word == 0)
        fputs("(heap allocation functions) malloc/new/new[], --alloc-fns, etc.", tree->stream);
    else
        acre_words_write(&tree->stacks->words, word, tree->stream);
    putc('\n', tree->stream);
    for (size_t i = first; is_put && i < first + told; i++) {
        uint32_t child = node_of(&tree->walkers[tree->groups[i].begin])->word;

        for (size_t at = tree->groups[i].begin; at < tree->groups[i].end; at++)
            step(&tree->walkers[at]);
        is_put = put_group(tree, tree->groups[i], child, depth + 1);
    }
    put_rest(tree, first + told, depth + 1);
    tree->group_count = first;
    return is_put && ferror(tree->stream) == 0;
}

static void begin_walks(struct tree *tree)
{
    for (size_t i = 0; i < tree->stacks->stack_count; i++) {
        const struct acre_stack *stack = &tree->stacks->stacks[i];

        if (stack->figures.peak_bytes > 0)
            tree->walkers[tree->count++] =
                (struct walker){tree->stacks, (uint32_t)i + 1, stack->node};
    }
    if (tree->count > 0)
        qsort(tree->walkers, tree->count, sizeof *tree->walkers, compare);
}

static bool put_tree(const struct acre_exported *what, const struct acre_stacks *stacks,
                     FILE *stream)
{
    const struct acre_layout layout =
        acre_layout_of_elements(stacks->stack_count, sizeof(struct walker));
    uint64_t bytes = what->profile->total.peak_bytes;
    struct tree tree = {
        .stacks = stacks,
        .memory = what->memory,
        .walkers = acre_allocate(what->memory, layout),
        .least_bytes = bytes / 100 + (bytes % 100 != 0),
        .stream = stream,
    };
    bool is_put = tree.walkers != NULL;

    if (is_put) {
        begin_walks(&tree);
        is_put = put_group(&tree, (struct group){0, tree.count, bytes}, 0, 0);
    }
    acre_free_elements(what->memory, tree.groups, tree.group_capacity, sizeof *tree.groups);
    acre_free(what->memory, tree.walkers, layout);
    return is_put;
}

/* Snapshots -------------------------------------------------------------------------------------
 */

/* Where it is not told what is usable, nothing is known to be extra. */
static uint64_t extra_bytes(const struct acre_profile_point *point)
{
    return point->usable_bytes > point->live_bytes ? point->usable_bytes - point->live_bytes : 0;
}

static void put_snapshot(const struct acre_profile_point *point, unsigned number, const char *tree,
                         FILE *stream)
{
    fprintf(stream, "#-----------\nsnapshot=%u\n#-----------\n", number);
    fprintf(stream, "time=%" PRIu64 ".%06" PRIu64 "\n", point->time_ns / 1000000,
            point->time_ns % 1000000);
    fprintf(stream, "mem_heap_B=%" PRIu64 "\nmem_heap_extra_B=%" PRIu64 "\nmem_stacks_B=0\n",
            point->live_bytes, extra_bytes(point));
    fprintf(stream, "heap_tree=%s\n", tree);
}

/* The last point that has most. */
static size_t find_peak(const struct acre_profile *profile)
{
    size_t peak = 0;

    for (size_t i = 1; i < profile->point_count; i++)
        if (profile->points[i].live_bytes >= profile->points[peak].live_bytes)
            peak = i;
    return peak;
}

static bool put_snapshots(const struct acre_exported *what, const struct acre_stacks *stacks,
                          FILE *stream)
{
    static const struct acre_profile_point nothing = {0};
    const struct acre_profile *profile = what->profile;
    size_t stride =
        profile->point_count / MOST_SNAPSHOTS + (profile->point_count % MOST_SNAPSHOTS != 0);
    size_t peak = find_peak(profile);
    unsigned number = 0;
    bool is_put = true;

    if (profile->point_count == 0)
        put_snapshot(&nothing, 0, "empty", stream);
    for (size_t i = 0; is_put && i < profile->point_count; i++) {
        bool is_chosen = (profile->point_count - 1 - i) % stride == 0; /* so the end is */

        if (i != peak && is_chosen)
            put_snapshot(&profile->points[i], number++, "empty", stream);
        if (i == peak) {
            put_snapshot(&profile->points[i], number++, "peak", stream);
            is_put = put_tree(what, stacks, stream);
        }
    }
    return is_put;
}

bool acre_put_massif(const struct acre_exported *what, FILE *stream)
{
    struct acre_stacks stacks;
    struct acre_text text;
    bool is_put;

    if (!acre_stacks_make(&stacks, what->memory, what->profile, what->names, put_call))
        return false;
    acre_text_init(&text, what->memory);
    fputs("desc: acre\ncmd: ", stream);
    is_put = acre_put_name(stream, &text, what->command, &notation);
    fputs("\ntime_unit: ms\n", stream);
    acre_text_fini(&text);
    is_put = is_put && put_snapshots(what, &stacks, stream);
    acre_stacks_fini(&stacks);
    return is_put && ferror(stream) == 0;
}
