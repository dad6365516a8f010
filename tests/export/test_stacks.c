/* What formats have in common: names of strangers, words, stacks that are merged, memory that
 * fails. */
#include "export/profiles.h"
#include "support/mtest.h"
#include "support/stride.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "export/formats.h"

/* Text ------------------------------------------------------------------------------------------
 */

static void is_put_as(const char *name, const struct acre_notation *notation, const char *expected)
{
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_text text;

    acre_text_init(&text, memory);
    acre_text_put_name(&text, name, notation);
    cr_assert(!text.is_short);
    cr_assert_eq(text.count, strlen(expected), "%s: %.*s", name, (int)text.count, text.bytes);
    cr_assert(text.count == 0 || memcmp(text.bytes, expected, text.count) == 0, "%s: %.*s", name,
              (int)text.count, text.bytes);
    acre_text_fini(&text);
    acre_destroy(memory);
}

MTest(export_text, names)
{
    static const struct acre_notation semicolons = {.replaced = ';', .by = ','};

    is_put_as("", &acre_plain_notation, "");
    is_put_as("main(int, char**)", &acre_plain_notation, "main(int, char**)");
    is_put_as("a\"b\\c;", &acre_json_notation, "a\\\"b\\\\c;");
    is_put_as("a;b;", &semicolons, "a,b,");
    is_put_as("\n\t\x01\x7f\xc2\x80\xc2\x9f\xc2\xa0", &acre_plain_notation, "??????\xc2\xa0");
    /* The ends of what UTF-8 can say, and what is just behind them. */
    is_put_as("\xc2\xbf \xdf\xbf \xe0\xa0\x80 \xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf",
              &acre_plain_notation,
              "\xc2\xbf \xdf\xbf \xe0\xa0\x80 \xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf");
    is_put_as("\xff", &acre_plain_notation, "\xef\xbf\xbd");
    is_put_as("\xc1\xbf", &acre_plain_notation, "\xef\xbf\xbd\xef\xbf\xbd");
    is_put_as("\xe2\x82", &acre_plain_notation, "\xef\xbf\xbd\xef\xbf\xbd");
    is_put_as("\xe0\x9f\xbf", &acre_plain_notation, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    is_put_as("\xed\xa0\x80", &acre_plain_notation, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    is_put_as("\xf4\x90\x80\x80x", &acre_plain_notation,
              "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx");
}

/* Stacks ----------------------------------------------------------------------------------------
 */

static void put_function(struct acre_text *text, const struct acre_frame *call, uint64_t address)
{
    (void)address;
    acre_text_put_name(text, call->function, &acre_plain_notation);
}

static void put_whole(struct acre_text *text, const struct acre_frame *call, uint64_t address)
{
    acre_put_place(text, call, address, &acre_plain_notation);
}

static void make(struct acre_stacks *stacks, const struct made_profile *made,
                 acre_stacks_word *word)
{
    cr_assert(acre_stacks_make(stacks, made->memory, &made->profile, made->names, word));
}

/* "main;parse;node_new", in room that stays until the next call. */
static const char *line_of(const struct acre_stacks *stacks, size_t stack)
{
    static char line[65536];
    uint32_t words[ACRE_STACKS_MOST_DEPTH];
    size_t count = acre_stacks_list(stacks, &stacks->stacks[stack], words), used = 0;

    for (size_t i = 0; i < count; i++) {
        size_t bytes;
        const char *letters = acre_words_of(&stacks->words, words[i], &bytes);

        used += (size_t)snprintf(line + used, sizeof line - used, "%s%.*s", i > 0 ? ";" : "",
                                 (int)bytes, letters);
    }
    return line;
}

/* Nothing is lost and nothing counted twice. */
static void sums_are_right(const struct acre_stacks *stacks, const struct made_profile *made)
{
    struct acre_profile_figures sum = {0};

    for (size_t i = 0; i < stacks->stack_count; i++)
        acre_profile_add(&sum, &stacks->stacks[i].figures);
    sum.most_blocks = made->profile.total.most_blocks;
    sum.most_bytes = made->profile.total.most_bytes;
    cr_assert_eq(memcmp(&sum, &made->profile.total, sizeof sum), 0);
}

MTest(export_stacks, words)
{
    struct made_profile *made = made_profile("small");
    struct acre_stacks stacks;

    make(&stacks, made, put_whole);
    cr_assert_eq(stacks.stack_count, 4);
    cr_assert_str_eq(line_of(&stacks, 0),
                     "0x1000: main (/src/app.c:10);0x1100: parse (/src/parse.c:20);"
                     "0x1200: node_new (/src/graph.h:30)");
    cr_assert_str_eq(line_of(&stacks, 1),
                     "0x1000: main (/src/app.c:10);0x1300: optimise (/src/opt.c:40);"
                     "0x1300: node_new (/src/graph.h:31)");
    cr_assert_str_eq(line_of(&stacks, 2),
                     "0x1000: main (/src/app.c:10);0x1300: optimise (/src/opt.c:40);"
                     "0x1300: node_new (/src/graph.h:31);0x8a1b2: libc.so.6+0x8a1b2");
    cr_assert_str_eq(line_of(&stacks, 3),
                     "0x1000: main (/src/app.c:10);0x1100: parse (/src/parse.c:20)");
    sums_are_right(&stacks, made);
    acre_stacks_fini(&stacks);
    made_free(made);
}

MTest(export_stacks, equal_words_are_one_stack)
{
    struct made_profile *made = made_profile("twins");
    struct acre_stacks stacks;

    make(&stacks, made, put_whole);
    cr_assert_eq(stacks.stack_count, 2);
    cr_assert_eq(stacks.stacks[0].figures.blocks, 55);
    cr_assert_eq(stacks.stacks[0].figures.most_blocks, 50); /* not known: the greater */
    cr_assert_str_eq(line_of(&stacks, 0), "0x10: main (m.c:1);0x20: f (x.c:2)");
    cr_assert_eq(stacks.stacks[1].figures.blocks, 3);
    cr_assert_str_eq(line_of(&stacks, 1), "0x10: main (m.c:1);0x10: f (x.c:9)");
    sums_are_right(&stacks, made);
    acre_stacks_fini(&stacks);
    made_free(made);
}

MTest(export_stacks, depth)
{
    struct made_profile *made = made_profile("deep");
    struct acre_stacks stacks;
    uint32_t words[ACRE_STACKS_MOST_DEPTH];
    const char *line;

    make(&stacks, made, put_function);
    cr_assert_eq(stacks.stack_count, 2);
    cr_assert_eq(acre_stacks_list(&stacks, &stacks.stacks[0], words), 500);
    /* 1024, then twice one that replaces what was left out and 1023. */
    cr_assert_eq(acre_stacks_list(&stacks, &stacks.stacks[1], words), 1 + 3000 - 1024 - 1023);
    line = line_of(&stacks, 1);
    cr_assert_eq(strncmp(line, "(frames left out);recurse;recurse", 33), 0, "%.60s", line);
    sums_are_right(&stacks, made);
    acre_stacks_fini(&stacks);
    made_free(made);
}

MTest(export_stacks, none)
{
    struct made_profile *made = made_profile("stackless"), *empty = made_profile("empty");
    struct acre_stacks stacks;

    make(&stacks, made, put_function);
    cr_assert_eq(stacks.stack_count, 1);
    cr_assert_str_eq(line_of(&stacks, 0), "(no call stack)");
    acre_stacks_fini(&stacks);
    make(&stacks, empty, put_function);
    cr_assert_eq(stacks.stack_count, 0);
    acre_stacks_fini(&stacks);
    made_free(made);
    made_free(empty);
}

/* Memory ----------------------------------------------------------------------------------------
 */

/* How many allocations it made; those until `fail_at` succeed. */
static uint64_t put_with_a_fault(const struct acre_exporter *exporter, struct made_profile *made,
                                 uint64_t fail_at, bool forever)
{
    struct acre_fault_plan plan = {.fail_at = fail_at, .forever = forever};
    struct acre_exported exported = made->exported;
    FILE *nowhere = fopen("/dev/null", "w");
    bool is_put;

    cr_assert(nowhere != NULL);
    exported.memory = acre_fault_new(made->memory, &plan);
    is_put = exporter->put(&exported, nowhere);
    /* A block that cannot grow where it stands may be moved. */
    cr_assert(is_put || plan.failures > 0, "%s gives up without a reason", exporter->name);
    cr_assert(!is_put || !forever || plan.failures == 0, "%s does not notice", exporter->name);
    cr_assert(ferror(nowhere) == 0);
    cr_assert_eq(plan.live_bytes, 0, "%s leaks", exporter->name);
    fclose(nowhere);
    acre_destroy(exported.memory);
    return plan.calls;
}

MTest(export_memory, every_allocation_may_fail, .timeout = 120)
{
    struct made_profile *made = made_profile("small");

    for (const struct acre_exporter *exporter = acre_exporters; exporter->name != NULL;
         exporter++) {
        uint64_t calls = put_with_a_fault(exporter, made, 0, false);

        cr_assert(calls > 3, "%s: %lu", exporter->name, (unsigned long)calls);
        for (uint64_t k = 1; k <= calls; k += test_stride(3)) {
            put_with_a_fault(exporter, made, k, false);
            put_with_a_fault(exporter, made, k, true);
        }
    }
    made_free(made);
}

MTest(export_memory, want_of_memory_is_told_from_a_full_disk)
{
    struct made_profile *made = made_profile("small");
    struct acre_fault_plan plan = {.fail_at = 2, .forever = true};
    struct acre_exported exported = made->exported;
    char error[256];

    exported.memory = acre_fault_new(made->memory, &plan);
    for (const struct acre_exporter *exporter = acre_exporters; exporter->name != NULL;
         exporter++) {
        plan.calls = 0;
        cr_assert_eq(acre_exporter_write(exporter, &exported, "/dev/null", error, sizeof error),
                     ACRE_EXIT_MEMORY);
        cr_assert_str_eq(error, "out of memory");
        cr_assert_eq(
            acre_exporter_write(exporter, &made->exported, "/dev/full", error, sizeof error),
            ACRE_EXIT_IO);
        cr_assert_str_eq(error, "cannot write /dev/full: No space left on device");
    }
    acre_destroy(exported.memory);
    made_free(made);
}
