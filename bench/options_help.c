/* The help of a benchmark binary: what its options mean. */
#include "bench/options.h"

/* Those that make sense for the workload, or for any. */
static void print_lifetimes(FILE *stream, const struct acre_workload *workload)
{
    const char *comma = "";

    for (unsigned l = 0; l < ACRE_LIFETIME_COUNT; l++)
        if (workload == NULL || workload->unsuited[l] == NULL) {
            fprintf(stream, "%s%s", comma, acre_lifetime_name((enum acre_lifetime)l));
            comma = ", ";
        }
}

static void print_set(FILE *stream, const struct acre_workload *workload, const uint64_t *values)
{
    const char *comma = "";

    fprintf(stream, "    %-21s ", workload->name);
    for (size_t i = 0; i < workload->parameter_count; i++) {
        const struct acre_parameter *parameter = &workload->parameters[i];

        if (!acre_parameter_is_told(parameter, values[i]))
            continue;
        fprintf(stream, "%s%s %s", comma, parameter->name,
                acre_parameter_text(parameter, values[i]).text);
        comma = ", ";
    }
    fputc('\n', stream);
}

static void print_ages(FILE *stream)
{
    acre_parameter_help(stream, &acre_age_parameter);
    acre_parameter_help(stream, &acre_occupancy_parameter);
}

static void print_what(FILE *stream, const struct acre_workload *workload)
{
    const struct acre_workload *each;

    if (workload != NULL) {
        for (size_t i = 0; i < workload->parameter_count; i++)
            acre_parameter_help(stream, &workload->parameters[i]);
        print_ages(stream);
        fprintf(stream,
                "    --iterations N        of the cold and the recorded part (default %llu)\n",
                (unsigned long long)workload->iterations);
        return;
    }
    for (size_t w = 0; (each = acre_workload_of_run(NULL, w)) != NULL; w++)
        for (size_t i = 0; i < each->suite_count; i++)
            print_set(stream, each, each->suite[i]);
    print_ages(stream);
    fputs("    --iterations N        of the cold and the recorded part (default: each workload's\n"
          "                          own)\n",
          stream);
}

static void print_how(FILE *stream, const struct acre_workload *workload)
{
    fprintf(
        stream,
        "  how\n"
        "    --rounds N            rounds of visits (default %llu; verdicts on one\n"
        "                          row of a table take 8, on twenty rows 12)\n"
        "    --time-budget TIME    instead: 8 rounds or more, until every verdict is given or\n"
        "                          no other would end in time (90s, 2min, 0.5h)\n"
        "    --visit-ms N          milliseconds that a timed visit measures, after its warm-up\n"
        "                          (default %d)\n"
        "    --memory-ms N         for how long memory over time is looked at (default %d; 0:\n"
        "                          not at all)\n"
        "    --seed N              of the data and of the order of visits (default 1)\n"
        "    --plant PCT           makes the second of the two measurements that tell the noise\n"
        "                          floor PCT percent slower, to see that it is found\n",
        (unsigned long long)(workload != NULL ? workload->rounds : ACRE_SUITE_ROUNDS),
        ACRE_VISIT_MS, workload != NULL ? ACRE_MEMORY_MS : ACRE_SUITE_MEMORY_MS);
    if (workload != NULL)
        fputs("    --in-process          one strategy in this process: for debuggers\n", stream);
    fputs("  instead of measuring\n"
          "    --guard[=N]           each strategy runs once behind a guard that finds misuse of\n"
          "                          memory and keeps what is dead for N resets (default 4)\n"
          "    --fault SPEC          ... once with memory that fails: 17 is the 17th allocation,\n"
          "                          17,forever each from there on, budget=64K all that would\n"
          "                          have more than 64 KiB live; nothing may leak\n",
          stream);
}

static void print_output(FILE *stream, const struct acre_workload *workload)
{
    fputs("  what is written\n"
          "    --json FILE           the whole run, for 'acre compare'; - is standard output\n"
          "    --stats-dir DIR       what each allocator says of itself, at the peak and after\n"
          "                          the drain: a file for each strategy and moment\n",
          stream);
    if (workload != NULL && !workload->plays_program)
        fputs(
            "    --draw FILE           nothing is measured; the objects of the first strategy are\n"
            "                          drawn after iteration 1, under strong what leaked; FILE\n"
            "                          ends with .dot, .svg, .png or .pdf; - is the text for dot\n",
            stream);
    if (workload != NULL)
        fputs(
            "    --trace FILE          nothing is measured; every call of the first strategy, for\n"
            "                          'acre info FILE'\n"
            "    --trace-limit BYTES   the most that FILE may have, as in 64M (default 1G)\n"
            "    --wide                every column of the table, where the memory is, and memory\n"
            "                          over time\n",
            stream);
    else
        fputs("    --wide                the tables of each workload as well, with every column,\n"
              "                          where the memory is, and memory over time\n",
              stream);
    fputs("    --quiet               no table, no progress\n"
          "    --help                this text\n",
          stream);
}

static const char *const suite_examples[] = {
    "--json all.json",
    "--backends all --time-budget 30min --wide",
    "--guard",
    NULL,
};

static void print_strategies(FILE *stream, const struct acre_workload *workload, bool plays)
{
    fprintf(stream,
            "  %s\n"
            "    --backends A[,B...]   names as 'acre list' shows them, or all; settings stand\n"
            "                          behind a colon, as in arena:chunk=2M,hugepages\n"
            "                          (default: malloc, jemalloc, mimalloc%s)\n",
            plays ? "on which allocators" : "under which strategies", plays ? "" : ", arena");
    if (plays)
        return;
    fputs("    --lifetimes A[,B...]  ", stream);
    print_lifetimes(stream, workload);
    fputs(workload != NULL ? " (default: all)\n"
                           : "\n                          (default: all but strong)\n",
          stream);
}

void acre_bench_options_help(FILE *stream, const struct acre_workload *workload,
                             const char *program)
{
    const char *const *example = workload != NULL ? workload->examples : suite_examples;
    bool plays = workload != NULL && workload->plays_program;

    fprintf(stream,
            "usage: %s [options]%s\n"
            "\n"
            "%s.\n",
            program, plays ? " FILE.acre" : "",
            workload != NULL ? workload->about : "All workloads in one run");
    fprintf(stream,
            plays ? "Measures %s on every backend, against the same loop on an allocator that does "
                    "nothing,\n"
                    "whose time is taken off;"
                  : "Measures %s under every strategy (backend x lifetime) against a hand-written "
                    "limit,\n",
            workload != NULL ? "it" : "them");
    fputs(plays ? " each visit in a fresh process, backends in random order within a round.\n"
                : "each visit in a fresh process, strategies in random order within a round.\n",
          stream);
    fputs("\n"
          "  what is measured\n",
          stream);
    print_what(stream, workload);
    if (plays)
        fputs(
            "    --run-time TIME       what the program takes without a recorder, for the share "
            "of\n"
            "                          its calls (0.25s, 2min; default: from the trace)\n"
            "    --region FUNCTION     what if all that is allocated within this function were in\n"
            "                          a region, reset when it is entered anew? Played beside the\n"
            "                          rest, as BACKEND/region\n"
            "    --reset-at FUNCTION   reset when this one is entered anew instead\n"
            "    --rotation N          of so many regions in turn, 1 (default) or 2: what "
            "outlives\n"
            "                          an entry may live through the next one\n"
            "    --reap                the region takes single blocks back, too: less memory,\n"
            "                          more work\n",
            stream);
    print_strategies(stream, workload, plays);
    print_how(stream, workload);
    print_output(stream, workload);
    fputs("\nexamples:\n", stream);
    for (; *example != NULL; example++)
        fprintf(stream, "  %s %s\n", program, *example);
    fputs("\n"
          "exit status: 0 done, 1 results differ between strategies, 2 wrong command line,\n"
          "3 out of memory, 4 a file cannot be written, 6 a cell failed\n",
          stream);
    if (plays)
        fputs("(4 the trace cannot be read either, 5 it is none, or nothing in it can be played)\n",
              stream);
}
