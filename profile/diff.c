#include "profile/diff.h"

#include <stdlib.h>
#include <string.h>

#include "alloc/grow.h"

/* Names ----------------------------------------------------------------------------------------
 */

/* "0x1234" */
static bool is_hexadecimal(const char *text)
{
    return text[0] == '0' && text[1] == 'x' &&
           text[2 + strspn(text + 2, "0123456789abcdef")] == '\0';
}

/* "libz.so.1" of "libz.so.1+0x1234": offsets are those of one build. Names of functions have no
 * such end. */
static size_t significant_bytes(const char *function)
{
    const char *plus = strrchr(function, '+');

    if (!is_hexadecimal(plus != NULL ? plus + 1 : function))
        return strlen(function);
    return plus != NULL ? (size_t)(plus - function) : 0;
}

static const char *last_part(const char *path)
{
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;

    return slash != NULL ? slash + 1 : path;
}

static int by_name(const struct acre_diff_row *a, const struct acre_diff_row *b)
{
    size_t bytes = a->function_bytes < b->function_bytes ? a->function_bytes : b->function_bytes;
    int order = memcmp(a->function, b->function, bytes);

    if (order == 0)
        order = (a->function_bytes > b->function_bytes) - (a->function_bytes < b->function_bytes);
    if (order == 0 && a->file != b->file)
        order = a->file == NULL ? -1 : b->file == NULL ? 1 : strcmp(a->file, b->file);
    return order;
}

/* Order ----------------------------------------------------------------------------------------
 */

static uint64_t change_of(const struct acre_diff_row *row, enum acre_site_order order)
{
    uint64_t a = acre_site_weight(&row->parts[0].figures, order);
    uint64_t b = acre_site_weight(&row->parts[1].figures, order);

    return a > b ? a - b : b - a;
}

/* Of a name, those of the first side stand in front. */
static int to_merge(const void *left, const void *right)
{
    const struct acre_diff_row *a = left;
    const struct acre_diff_row *b = right;
    int order = by_name(a, b);

    return order != 0 ? order : b->parts[0].is_there - a->parts[0].is_there;
}

static int to_show(const void *left, const void *right, void *weigh_by)
{
    const struct acre_diff_row *a = left;
    const struct acre_diff_row *b = right;
    enum acre_site_order weight = *(const enum acre_site_order *)weigh_by;
    int order = (change_of(a, weight) < change_of(b, weight)) -
                (change_of(a, weight) > change_of(b, weight));

    return order != 0 ? order : by_name(a, b);
}

/* Rows -----------------------------------------------------------------------------------------
 */

static bool add_side(struct acre_diff *diff, const struct acre_diff_side *side, size_t place,
                     enum acre_site_order order)
{
    struct acre_site_groups groups;
    bool done = true;

    if (!acre_site_groups_make(&groups, diff->memory, side->profile, side->names, side->sites,
                               side->count, ACRE_SITE_GROUP_BY_FUNCTION, order))
        return false;
    for (size_t i = 0; done && i < groups.count; i++) {
        const struct acre_site_group *group = &groups.groups[i];
        struct acre_diff_row row = {
            .function = group->function,
            .function_bytes = significant_bytes(group->function),
            .file = last_part(group->file),
        };

        row.parts[place] =
            (struct acre_diff_part){true, group->stack, group->depth, group->figures};
        done =
            acre_grow(diff->memory, &diff->rows, diff->count, &diff->capacity, sizeof *diff->rows);
        if (done)
            diff->rows[diff->count++] = row;
    }
    acre_site_groups_fini(&groups);
    return done;
}

/* Groups come with the heaviest first, but sorting by name may have changed that. */
static void add_part(struct acre_diff_part *part, const struct acre_diff_part *more,
                     enum acre_site_order order)
{
    struct acre_profile_figures sum = part->figures;

    if (!more->is_there)
        return;
    acre_profile_add(&sum, &more->figures);
    if (!part->is_there ||
        acre_site_weight(&more->figures, order) > acre_site_weight(&part->figures, order))
        *part = *more;
    part->figures = sum;
}

static void merge(struct acre_diff *diff, enum acre_site_order order)
{
    size_t kept = 0;

    qsort(diff->rows, diff->count, sizeof *diff->rows, to_merge);
    for (size_t i = 0; i < diff->count; i++) {
        const struct acre_diff_row row = diff->rows[i];

        if (kept == 0 || by_name(&diff->rows[kept - 1], &row) != 0) {
            diff->rows[kept++] = row;
            continue;
        }
        for (size_t place = 0; place < 2; place++)
            add_part(&diff->rows[kept - 1].parts[place], &row.parts[place], order);
    }
    diff->count = kept;
}

static void count(struct acre_diff *diff, enum acre_site_order order)
{
    for (size_t i = 0; i < diff->count; i++) {
        const struct acre_diff_row *row = &diff->rows[i];

        diff->changed += change_of(row, order) > 0;
        diff->added += !row->parts[0].is_there;
        diff->gone += !row->parts[1].is_there;
    }
}

bool acre_diff_make(struct acre_diff *diff, struct acre_alloc *memory,
                    const struct acre_diff_side sides[2], enum acre_site_order order)
{
    *diff = (struct acre_diff){.memory = memory};
    for (size_t place = 0; place < 2; place++)
        if (!add_side(diff, &sides[place], place, order)) {
            acre_diff_fini(diff);
            return false;
        }
    if (diff->count == 0)
        return true;
    merge(diff, order);
    qsort_r(diff->rows, diff->count, sizeof *diff->rows, to_show, &order);
    count(diff, order);
    return true;
}

void acre_diff_fini(struct acre_diff *diff)
{
    acre_free_elements(diff->memory, diff->rows, diff->capacity, sizeof *diff->rows);
    *diff = (struct acre_diff){.memory = diff->memory};
}
