/* What a table says of a run: its facts by their parts, since the form may change and they may not.
 */
#include "tests/support/mtest.h"

#include "report/group.h"
#include "report/table.h"
#include "tests/report/facts.h"
#include "tests/report/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *printed(const struct acre_run *run, const struct acre_table_options *options)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    cr_assert(stream && acre_run_print(run, stream, options));
    fclose(stream);
    return text;
}

static size_t widest_line(const char *text)
{
    size_t widest = 0;
    while (*text) {
        size_t width = strcspn(text, "\n");
        cr_expect(width == 0 || text[width - 1] != ' ', "a line ends in a blank");
        widest = width > widest ? width : widest;
        text += width + (text[width] == '\n');
    }
    return widest;
}

MTest(table, says_what_was_measured)
{
    struct acre_run run;
    sample_full(&run, 20, 1, 1.0);
    char *text = printed(&run, NULL);
    static const char *const facts[] = {
        "square-chain  10,000 elements, depth 3, forward, x reused, order seed  20 rounds\n",
        "\n  arena/region runs at 1.01 of the hand-written limit and is 1.1",
        "x faster than malloc [1.1",
        "It holds 704 KiB more. jemalloc is 1.0",
        "arena    walked",
        "not reported",
        "malloc   strong        -  leaks 3.05 MiB in 10 iterations (by design: step 16)\n",
        "cold (the first 10 iterations of a fresh process):",
        "Results bit-identical under all 5 recorded strategies.",
        "Noise floor 0.",
        "Left out: malloc/region: malloc has no reset",
        "machine   cpu Imaginary 9000, kernel Linux 0.0",
        "libraries malloc 2.36, /lib/libc.so.6\n",
        "20 rounds, seed 17, acre 0.1.0",
        "repeat    square-chain --backends malloc,arena --fill reuse",
    };
    expect_facts(text, facts, sizeof facts / sizeof facts[0]);
    cr_expect(widest_line(text) <= 100, "%zu columns", widest_line(text));
    cr_expect(!strstr(text, "RSS") && !strchr(text, '\033'));
    cr_expect(strstr(text, "arena    region") < strstr(text, "malloc   weak"), "sorted by time");
    free(text);

    text = printed(&run, &(struct acre_table_options){.wide = true, .color = true});
    cr_expect(strstr(text, "RSS") && strstr(text, "sys us/iter") && strstr(text, "\033[1m"));
    cr_expect(strstr(text, "\033[32m1.1") && strstr(text, "\033[31m1.0"));
    free(text);
    text = printed(&run, &(struct acre_table_options){.width = 80});
    cr_expect(widest_line(text) <= 80, "%zu columns: %s", widest_line(text), text);
    cr_expect(strstr(text, "vs malloc"));
    free(text);

    /* A unit has a column, and a collector a sentence. */
    for (size_t i = 0; i < run.cell_count; i++) {
        sample_text(&run.cells[i].key.unit, "node");
        run.cells[i].units_per_iteration = 1000;
    }
    sample_text(&sample_cell(&run, "jemalloc", "weak")->key.lifetime, "collector");
    sample_text(&sample_cell(&run, "jemalloc", "collector")->key.backend, "malloc");
    text = printed(&run, NULL);
    cr_expect(strstr(text, "us/iter  ns/node  x limit"), "%s", text);
    cr_expect(strstr(text, " 4.65     4.65  1\n"), "%s", text);
    cr_expect(strstr(text, "A collector instead of weak references costs "), "%s", text);
    free(text);
    for (size_t i = 0; i < run.cell_count; i++)
        sample_text(&run.cells[i].key.unit, "");
    sample_text(&sample_cell(&run, "malloc", "collector")->key.backend, "jemalloc");
    sample_text(&sample_cell(&run, "jemalloc", "collector")->key.lifetime, "weak");

    /* What should be noticed is. */
    sample_text(&sample_cell(&run, "arena", "walked")->recorded.checksum, "0badc0de0badc0de");
    sample_cell(&run, "arena", "region")->recorded.leaked_blocks = 3;
    sample_text(&sample_cell(&run, "jemalloc", "weak")->failure, "killed by signal 9");
    text = printed(&run, NULL);
    cr_expect(strstr(text, "RESULTS DIFFER: "), "%s", text);
    cr_expect(strstr(text, "arena/region leaks 0 B in 10 iterations (3 blocks)."));
    cr_expect(strstr(text, "failed: killed by signal 9"));
    free(text);
    acre_run_free(&run);

    sample_full(&run, 4, 1, 1.0);
    text = printed(&run, NULL);
    cr_expect(strstr(text, "Too few rounds for a verdict: 4 measured, 10 needed."), "%s", text);
    cr_expect(strstr(text, "Noise floor unknown: 4 of 6 rounds."));
    free(text);
    FILE *full = fopen("/dev/full", "w");
    cr_assert(full);
    cr_expect_not(acre_run_print(&run, full, NULL));
    fclose(full);
    acre_run_free(&run);
    run = (struct acre_run){0};
    text = printed(&run, NULL);
    free(text);
}

MTest(table, a_run_is_decided_when_no_verdict_is_open)
{
    struct acre_run run;
    bool is_decided;
    sample_full(&run, 20, 1, 1.0);
    cr_assert(acre_run_is_decided(&run, &is_decided) && is_decided);
    /* Noise in one row, of the second table, in the cold part only. */
    struct acre_series *cold = &run.cells[7].cold_ns;
    const struct acre_series *reference = &sample_cell(&run, "malloc", "weak")->cold_ns;
    for (size_t r = 0; r < cold->count; r++)
        cold->values[r] = reference->values[r] * (r % 2 == 0 ? 2.0 : 0.5);
    cr_assert(acre_run_is_decided(&run, &is_decided) && !is_decided);
    sample_text(&run.cells[7].failure, "out of memory");
    cr_assert(acre_run_is_decided(&run, &is_decided) && is_decided, "nothing more will come");
    acre_run_free(&run);
    /* 3 rows and a half percent of noise: nine rounds are too few, ten do, who watches wants more.
     */
    sample_full(&run, 9, 1, 1.0);
    cr_assert(acre_run_is_decided(&run, &is_decided) && !is_decided);
    acre_run_free(&run);
    sample_full(&run, 11, 1, 2.0);
    for (size_t i = 0; i < run.cell_count; i++)
        run.cells[i].cold_iterations = i; /* not comparable */
    cr_assert(acre_run_is_decided(&run, &is_decided) && is_decided);
    run.time_budget_seconds = 1;
    cr_assert(acre_run_is_decided(&run, &is_decided) && !is_decided);
    acre_run_free(&run);
    run = (struct acre_run){0};
    cr_assert(acre_run_is_decided(&run, &is_decided) && is_decided);
}

static void expect_ranks(const struct acre_run *run, const char *const *facts, size_t count)
{
    char *text = printed(run, NULL);
    expect_facts(text, facts, count);
    free(text);
}

/* The two groups of a sample at two sizes. */
static void sample_sizes(struct acre_run *run, size_t rounds)
{
    sample_full(run, rounds, 1, 1.0);
    for (size_t i = 0; i < run->cell_count; i++) {
        struct acre_key_parameter *parameters = run->cells[i].key.parameters;
        if (strcmp(parameters[2].value, "false") == 0)
            sample_text(&parameters[0].value, "2000");
        sample_text(&parameters[2].value, "true");
        sample_text(&parameters[2].title, "forward + backward");
    }
}

MTest(table, ranks_strategies_at_several_sizes)
{
    static const char *const alike[] = {
        "\nby elements, otherwise depth 3, forward + backward, x reused, order seed\n\n"
        "  Over all 2 values of elements arena/region is nearest to the fastest: at most 1.00 "
        "times",
        "slower at 2 of them.\n\n"
        "  rank, x the fastest    2,000   10,000\n"
        "  arena/region         1= 1.00  1= 1.00\n"
        "  arena/walked         2  1.01  2= 1.01\n"
        "  malloc/weak          3  1.12  3  1.12\n"
        "  jemalloc/weak        4  1.22  4  1.22\n"
        "  =: no difference from the fastest shown.\n",
    };
    static const char *const slow[] = {
        "Over all 2 values of elements arena/walked is nearest to the fastest: at most 1.01 times",
        "  arena/walked         2  1.01  1= 1.00\n",
        "  arena/region         1= 1.00  4  1.98\n",
        "  jemalloc/weak              -  3  1.21\n",
    };
    static const char *const few[] = {
        "and the fastest at 2 of them.",
        "  arena/walked         2? 1.00  2? 1.01\n",
        "  =: the fastest. ?: too few rounds, or too noisy, to say who ties.\n",
    };
    struct acre_run run;
    sample_sizes(&run, 20);
    expect_ranks(&run, alike, 2);

    for (size_t i = 0; i < run.cell_count; i++) {
        struct acre_cell *cell = &run.cells[i];
        if (strcmp(cell->key.parameters[0].value, "10000") == 0 &&
            strcmp(cell->key.lifetime, "region") == 0)
            for (size_t r = 0; r < cell->ns_per_iteration.count; r++)
                cell->ns_per_iteration.values[r] *= 2.0;
    }
    sample_text(&sample_cell(&run, "jemalloc", "weak")->failure, "killed by signal 9");
    expect_ranks(&run, slow, 4);
    acre_run_free(&run);

    sample_sizes(&run, 7);
    expect_ranks(&run, few, 3);
    acre_run_free(&run);

    sample_full(&run, 20, 1, 1.0); /* groups that differ in a word */
    char *text = printed(&run, NULL);
    cr_expect(!strstr(text, "rank, x the fastest"));
    free(text);
    acre_run_free(&run);
}

static struct acre_cell *cell_of(struct acre_run *run, const char *workload, const char *backend,
                                 const char *lifetime)
{
    for (size_t i = 0; i < run->cell_count; i++)
        if (strcmp(run->cells[i].key.workload, workload) == 0 &&
            strcmp(run->cells[i].key.backend, backend) == 0 &&
            strcmp(run->cells[i].key.lifetime, lifetime) == 0)
            return &run->cells[i];
    cr_assert(false, "no %s %s/%s", workload, backend, lifetime);
    return NULL;
}

static void expect_summary(const struct acre_run *run, int width, const char *wanted)
{
    char *text = printed(run, &(struct acre_table_options){.width = width});
    cr_expect(strncmp(text, wanted, strlen(wanted)) == 0, "not\n%s\nbut\n%s", wanted, text);
    cr_expect(widest_line(text) <= (size_t)width, "%zu columns", widest_line(text));
    free(text);
}

/* One workload has two groups, told apart by what they differ in; in one group the region is slower
 * than all, in one as fast as jemalloc. */
MTest(summary, comes_before_the_tables)
{
    struct acre_run run;
    sample_suite(&run, 20, 1, 1.0);
    struct acre_cell *region = cell_of(&run, "node-churn", "arena", "region");
    struct acre_cell *jemalloc = cell_of(&run, "square-chain", "jemalloc", "weak");
    for (size_t r = 0; r < 20; r++) {
        region->ns_per_iteration.values[r] *= 2.0;
        jemalloc->ns_per_iteration.values[r] =
            cell_of(&run, "square-chain", "arena", "region")->ns_per_iteration.values[r] *
            (r % 2 == 0 ? 1.01 : 0.99);
    }
    expect_summary(
        &run, 150,
        "2 workloads, 3 cases  20 rounds\n"
        "\n"
        "  Over 3 cases of equal weight, arena/region is the fastest in 2. Against malloc: "
        "1.13x slower [1.12, 1.13]. Against the best malloc-like of each:\n"
        "  1.17x slower [1.16, 1.17].\n"
        "\n"
        "  workload      case                            fastest       ties  x limit  vs "
        "malloc     vs malloc-like  which is\n"
        "  node-churn    10,000 elements, depth 3, f...  arena/walked     0     1.02  "
        "1.79x slower  1.79x slower    malloc/weak\n"
        "  square-chain  forward                         arena/region     1     1.01  "
        "1.12x faster  =               jemalloc/weak\n"
        "  square-chain  forward + backward              arena/region     1     1.01  "
        "1.12x faster  1.12x faster    malloc/weak\n");
    expect_summary(
        &run, 80,
        "2 workloads, 3 cases  20 rounds\n"
        "\n"
        "  Over 3 cases of equal weight, arena/region is the fastest in 2. Against\n"
        "  malloc: 1.13x slower [1.12, 1.13]. Against the best malloc-like of each: 1.17x\n"
        "  slower [1.16, 1.17].\n"
        "\n"
        "  workload      case                            fastest       vs malloc\n"
        "  node-churn    10,000 elements, depth 3, f...  arena/walked  1.79x slower\n"
        "  square-chain  forward                         arena/region  1.12x faster\n"
        "  square-chain  forward + backward              arena/region  1.12x faster\n");

    char *text = printed(&run, &(struct acre_table_options){.wide = true});
    const char *first = strstr(text, "\nnode-churn  10,000 elements");
    const char *second = strstr(text, "\nsquare-chain  10,000 elements");
    cr_expect(first && second && first < second, "%s", text);
    cr_expect(strncmp(text, "2 workloads, 3 cases", 20) == 0);
    free(text);

    /* What should be noticed is, with its workload. */
    sample_text(&region->failure, "killed by signal 9");
    jemalloc->recorded.leaked_blocks = 3;
    sample_text(&cell_of(&run, "node-churn", "arena", "walked")->recorded.checksum, "0");
    text = printed(&run, &(struct acre_table_options){.width = 200});
    static const char *const facts[] = {
        "\n  FAILED: arena/region of node-churn (10,000 elements, depth 3, forward, x reused, "
        "order "
        "seed): killed by signal 9\n",
        "\n  jemalloc/weak of square-chain (10,000 elements, depth 3, forward, x reused, order "
        "seed) "
        "leaks 0 B in 10 iterations (3 blocks).\n",
        "\n  RESULTS DIFFER: arena/walked gives checksum 0, malloc/weak of node-churn (10,000 "
        "elements",
        "\n  Over 2 cases of equal weight, arena/region is the fastest in 2.",
    };
    expect_facts(text, facts, sizeof facts / sizeof facts[0]);
    cr_expect(!strstr(text, "bit-identical"));
    free(text);
    for (size_t i = 0; i < run.cell_count; i++)
        if (strcmp(run.cells[i].key.lifetime, "region") == 0)
            sample_text(&run.cells[i].failure, "out of memory");
    text = printed(&run, NULL);
    cr_expect(strstr(text, "\n  arena/region was not measured here: the table has "), "%s", text);
    free(text);
    for (size_t i = 0; i < run.cell_count; i++)
        sample_text(&run.cells[i].failure, "out of memory");
    text = printed(&run, NULL);
    cr_expect(strstr(text, "\n  Nothing was timed here.\n"), "%s", text);
    cr_expect_eq(sample_occurrences(text, "  nothing was timed\n"), 3, "%s", text);
    free(text);
    acre_run_free(&run);

    sample_suite(&run, 7, 1, 1.0);
    region = cell_of(&run, "node-churn", "arena", "region");
    for (size_t r = 0; r < 7; r++)
        region->ns_per_iteration.values[r] *= 1.5;
    text = printed(&run, &(struct acre_table_options){.width = 200});
    cr_expect(strstr(text, "is the fastest in 2, and in 1 nobody can say. Against malloc: too few "
                           "rounds (12 would do)."),
              "%s", text);
    cr_expect(strstr(text, "  arena/walked  0, 3?     1.02  ?          ?  "), "%s", text);
    free(text);
    acre_run_free(&run);
}

/* In 3 cases the region is held against malloc and against the best that frees singly, and 3
 * strategies against the fastest; then there are the two over all: 17 ratios. 11 rounds are enough
 * for 10 of them, 12 for 20. */
MTest(summary, is_one_family)
{
    struct acre_run run;
    sample_suite(&run, 11, 1, 1.0);
    char *text = printed(&run, NULL);
    cr_expect(strstr(text, "Too few rounds for any verdict on so many ratios: 11 measured, 12 "
                           "needed.\n"),
              "%s", text);
    cr_expect(!strstr(text, "x faster"), "%s", text);
    free(text);
    acre_run_free(&run);
    sample_suite(&run, 12, 1, 1.0);
    text = printed(&run, NULL);
    cr_expect(!strstr(text, "Too few rounds"), "%s", text);
    cr_expect(sample_occurrences(text, "x faster") > 3, "%s", text);
    free(text);
    /* Who looked when to stop has to look longer. */
    run.time_budget_seconds = 60;
    text = printed(&run, NULL);
    cr_expect(strstr(text, "any verdict on so many ratios: 12 measured, 15 needed."), "%s", text);
    free(text);
    acre_run_free(&run);
}

MTest(over_time, is_told)
{
    struct acre_run a;
    sample_full(&a, 20, 1, 1.0);
    char *text = printed(&a, &(struct acre_table_options){.wide = true});
    static const char *const facts[] = {
        /* Median and most of the rounds: 2 + 0.1 * (9 + 10) / 2 times 5.65 us, and 100 times. */
        "p99 us  max us\n",
        "    16.7     565\n",
        "A second after all was dropped malloc/weak keeps least resident, 160 KiB, and "
        "arena/region "
        "most,\n  384 KiB.\n",
        "\n  resident          start      most     at iteration       end   drained    later   "
        "held "
        "drained  held later   held/live  res/live\n",
        /* Half of 1310720 in the third row, after 1,200 iterations. */
        "\n  malloc/weak    4.00 KiB   640 KiB  1,200 of 25,000   636 KiB   632 KiB  160 KiB       "
        "1.23 MiB     320 KiB        1.17     0.938\n",
        "1.49 MiB  384 KiB              ?           ?           ?     0.938\n",
    };
    expect_facts(text, facts, sizeof facts / sizeof facts[0]);
    cr_expect(!strstr(text, "█"), "no curve where nobody said that it can be shown");
    free(text);
    text = printed(&a, &(struct acre_table_options){.wide = true, .unicode = true});
    cr_expect(strstr(text, "0.938   ▁▂█▄\n"), "%s", text);
    free(text);
    text = printed(&a, NULL);
    cr_expect(!strstr(text, "at iteration"), "only in a wide table");
    free(text);

    /* Where nobody told, nothing is made up. */
    for (size_t i = 0; i < a.cell_count; i++) {
        struct acre_cell_memory *memory = &a.cells[i].memory;
        memory->later.has_resident = memory->end.has_resident = false;
        a.cells[i].has_waste = false;
        a.cells[i].has_pauses = false;
    }
    text = printed(&a, &(struct acre_table_options){.wide = true});
    cr_expect(strstr(text, "What stays resident when all is dropped was not told.\n"), "%s", text);
    cr_expect(strstr(text, "    ?             ?    ?   632 KiB      ?  "), "%s", text);
    cr_expect(strstr(text, "      ?         ?\n") && strstr(text, "       -       -\n"), "%s",
              text);
    free(text);
    acre_run_free(&a);
}

/* The second group of a sample made to the aged first one. */
static void sample_aged(struct acre_run *run, const char *cycles, size_t rounds)
{
    sample_full(run, rounds, 1, 1.0);
    for (size_t i = run->cell_count / 2; i < run->cell_count; i++) {
        struct acre_cell_key *key = &run->cells[i].key;
        struct acre_key_parameter *grown =
            realloc(key->parameters, (key->parameter_count + 1) * sizeof *grown);
        cr_assert(grown);
        key->parameters = grown;
        sample_text(&key->parameters[2].value, "false");
        sample_text(&key->parameters[2].title, "forward");
        grown[key->parameter_count] = (struct acre_key_parameter){0};
        sample_text(&grown[key->parameter_count].name, "age");
        sample_text(&grown[key->parameter_count].value, cycles);
        sample_text(&grown[key->parameter_count].title, "age 3");
        key->parameter_count++;
        run->cells[i].recorded.peak_held_bytes += 1 << 20;
        for (size_t r = 0; r < run->cells[i].ns_per_iteration.count; r++)
            run->cells[i].ns_per_iteration.values[r] *=
                strcmp(key->backend, "malloc") == 0 ? 2.0 : 1.0;
    }
}

MTest(aged, stands_beside_the_clean)
{
    struct acre_run run;
    sample_aged(&run, "3", 20);
    char *text = printed(&run, NULL);
    static const char *const facts[] = {
        "square-chain  10,000 elements, depth 3, forward, x reused, order seed  20 rounds\n",
        "square-chain  10,000 elements, depth 3, forward, x reused, order seed, age 3  20 rounds\n",
        "\nAged heaps against clean ones: 10,000 elements, depth 3, forward, x reused, order "
        "seed\n",
        "x slower [1.9",
        "]     704 KiB   1.69 MiB\n",
        "  malloc/strong  age 3         -        -  -",
        "no difference shown  ",
    };
    expect_facts(text, facts, sizeof facts / sizeof facts[0]);
    cr_expect(strstr(text, "\n  malloc/weak    age 3      5.27     10.5  1.99x slower [1.9"), "%s",
              text);
    cr_expect(widest_line(text) <= 100, "%zu columns", widest_line(text));
    free(text);

    /* Without a clean one there is nothing to hold it against. */
    for (size_t i = 0; i < run.cell_count / 2; i++)
        sample_text(&run.cells[i].key.parameters[0].value, "77");
    text = printed(&run, NULL);
    cr_expect(!strstr(text, "Aged heaps"));
    free(text);
    acre_run_free(&run);

    /* The table is one family: for four ratios nine rounds are too few. */
    sample_aged(&run, "3", 9);
    text = printed(&run, NULL);
    cr_expect(strstr(text, "  too few (10)     704 KiB   1.69 MiB\n"), "%s", text);
    free(text);
    acre_run_free(&run);
}

MTest(waste, is_told)
{
    struct acre_run a;
    sample_full(&a, 20, 1, 1.0);
    char *text = printed(&a, &(struct acre_table_options){.wide = true});
    static const char *const facts[] = {
        /* 640000 + 1024 + 2048 + 4096 + 100000, and 300000 more */
        "malloc/weak holds least for what is requested, 730 KiB for 625 KiB; 97.7 KiB of",
        "arena/region holds most, 1023 KiB for 625 KiB; 391 KiB\n",
        "\n  where it is    requested  rounding     slack  bookkeeping  kept free    = held",
        "\n  arena/region     625 KiB  1.00 KiB  2.00 KiB     4.00 KiB    391 KiB  1023 KiB  ",
        "\n  malloc/strong    625 KiB         ?         ?            ?          ?         ?  "
        "          ?    586 KiB         ?\n",
    };
    expect_facts(text, facts, sizeof facts / sizeof facts[0]);
    free(text);
    text = printed(&a, NULL);
    cr_expect(!strstr(text, "where it is"), "only in a wide table");
    free(text);
    acre_run_free(&a);
}
