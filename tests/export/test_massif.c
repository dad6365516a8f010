/* Massif's text, read again by the rules of ms_print. */
#include "export/written.h"
#include "support/mtest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct massif {
    const char *at;
    unsigned snapshots, peaks, lines;
    uint64_t peak_bytes, extra_bytes, last_bytes;
};

/* The rest of a line that begins so, which is passed. */
static const char *expect_line(struct massif *massif, const char *begin)
{
    const char *rest = massif->at + strlen(begin), *end;

    cr_assert_eq(strncmp(massif->at, begin, strlen(begin)), 0, "%s: %.60s", begin, massif->at);
    end = strchr(rest, '\n');
    cr_assert_not_null(end);
    cr_assert(*begin == '#' || memchr(rest, '#', (size_t)(end - rest)) == NULL);
    massif->at = end + 1;
    return rest;
}

/* As many lines as each says, and no child has more than is left. */
static uint64_t expect_tree(struct massif *massif, uint64_t most, unsigned depth)
{
    unsigned children, indent = 0;
    uint64_t bytes, left;

    for (; massif->at[indent] == ' '; indent++)
        ;
    cr_assert_eq(indent, depth);
    cr_assert_eq(sscanf(massif->at + indent, "n%u: %" SCNu64 " ", &children, &bytes), 2, "%.60s",
                 massif->at);
    cr_assert(bytes <= most, "%" PRIu64 " of %" PRIu64, bytes, most);
    expect_line(massif, "");
    massif->lines++;
    left = bytes;
    for (unsigned i = 0; i < children; i++)
        left -= expect_tree(massif, left, depth + 1);
    return bytes;
}

static struct massif read_massif(const char *text)
{
    struct massif massif = {.at = text};
    double time = -1;

    expect_line(&massif, "desc: ");
    expect_line(&massif, "cmd: ");
    expect_line(&massif, "time_unit: ms");
    while (*massif.at != '\0') {
        const char *tree;
        double now;

        expect_line(&massif, "#-----------");
        cr_assert_eq(strtoul(expect_line(&massif, "snapshot="), NULL, 10), massif.snapshots++);
        expect_line(&massif, "#-----------");
        now = strtod(expect_line(&massif, "time="), NULL);
        cr_assert(now > time);
        time = now;
        massif.last_bytes = strtoull(expect_line(&massif, "mem_heap_B="), NULL, 10);
        massif.extra_bytes = strtoull(expect_line(&massif, "mem_heap_extra_B="), NULL, 10);
        expect_line(&massif, "mem_stacks_B=0");
        tree = expect_line(&massif, "heap_tree=");
        if (strncmp(tree, "empty\n", 6) == 0)
            continue;
        cr_assert_eq(strncmp(tree, "peak\n", 5), 0);
        massif.peaks++;
        massif.peak_bytes = massif.last_bytes;
        cr_assert_eq(expect_tree(&massif, massif.peak_bytes, 0), massif.peak_bytes);
    }
    return massif;
}

MTest(export_formats, massif)
{
    for (const char *const *name = made_names; *name != NULL; name++) {
        struct made_profile *made = made_profile(*name);
        const struct acre_profile_figures *total = &made->profile.total;
        size_t bytes;
        char *text = written_text("massif", made, ACRE_EXPORT_PEAK, &bytes);
        struct massif massif = read_massif(text);

        cr_assert_eq(strlen(text), bytes);
        cr_assert(massif.snapshots >= 1 && massif.snapshots <= 100, "%u", massif.snapshots);
        cr_assert_eq(massif.peaks, made->profile.point_count > 0);
        cr_assert_eq(massif.peak_bytes, total->peak_bytes);
        cr_assert_eq(massif.last_bytes, total->live_bytes);
        cr_assert_eq(massif.extra_bytes, 8 * total->live_blocks);
        free(text);
        made_free(made);
    }
}

MTest(export_formats, massif_tree)
{
    struct made_profile *made = made_profile("small");
    size_t bytes;
    char *text = written_text("massif", made, ACRE_EXPORT_PEAK, &bytes);

    cr_assert_not_null(
        strstr(text,
               "\nn3: 3047384 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n"
               " n1: 3000000 0x8a1b2: libc.so.6+0x8a1b2\n"
               "  n1: 3000000 0x1300: node_new (/src/graph.h:31)\n"
               "   n1: 3000000 0x1300: optimise (/src/opt.c:40)\n"
               "    n0: 3000000 0x1000: main (/src/app.c:10)\n"
               " n1: 40960 0x1300: node_new (/src/graph.h:31)\n"),
        "%s", text);
    cr_assert_not_null(
        strstr(text, " n0: 6424 in 2 places, all below massif's threshold (1.00%)\n"));
    free(text);
    made_free(made);
}
