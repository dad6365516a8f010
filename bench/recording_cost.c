/*
 * recording-cost: what the recording layer costs the square chain: the seed's loop, which makes a
 * new x in each iteration, and the loop that is nothing but the chain, with an x that is reused.
 *
 * Each visit is a process of its own, in which a strategy is held against itself (visit.h), and
 * gives one ratio: physical pages and the order of loading differ from process to process and not
 * within one. The seed of a visit says which of the two begins; it alternates with the rounds.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/arguments.h"
#include "bench/child.h"
#include "bench/clock.h"
#include "bench/progress.h"
#include "bench/random.h"
#include "bench/workloads/square_chain.h"
#include "report/format.h"
#include "report/layout.h"
#include "report/stats.h"
#include "report/streams.h"

static const char name[] = "recording-cost";
static const double most_ratio = 1.02;  /* what counting may cost */
static const double most_event_ns = 30; /* what an event of a trace may cost */

/* A difference of a percent or two: it takes several hundred pairs of batches to see it. */
enum { TIMED_MS = 400, DEPTH = 3, ROW_COUNT = 12, KIND_COUNT = 4 };

/* A scope begins and ends with the iteration. */
enum { SCOPE_EVENTS = 2 };

enum { FIRST_OF_SEED = 0, FIRST_OF_REUSE = 2 }; /* rows that the sentence is about */

static const enum acre_visit_kind kinds[KIND_COUNT] = {
    ACRE_VISIT_COST_OF_NOTHING,
    ACRE_VISIT_COST_OF_COUNTS,
    ACRE_VISIT_COST_OF_FULL,
    ACRE_VISIT_COST_OF_TRACE,
};

enum { NOTHING, COUNTS, FULL, TRACE }; /* of kinds */

struct row {
    const char *backend;
    enum acre_lifetime lifetime;
    enum acre_fill fill;
    bool backward;
    struct acre_series ratios[KIND_COUNT]; /* one value a round */
    struct acre_series unrecorded_ns;
    double events_per_iteration; /* of the trace */
    char *failure;
};

struct options {
    uint64_t elements, rounds, seed;
    bool help;
};

struct session {
    struct options options;
    struct acre_launch launch;
    struct acre_random random;
    struct acre_progress progress;
    struct row rows[ROW_COUNT];
};

/* Measured ---------------------------------------------------------------------------------- */

static void set_rows(struct row *rows)
{
    static const struct row strategies[] = {
        {.backend = "arena", .lifetime = ACRE_LIFETIME_REGION, .fill = ACRE_FILL_RANDN},
        {.backend = "arena", .lifetime = ACRE_LIFETIME_REGION, .fill = ACRE_FILL_REUSE},
        {.backend = "arena", .lifetime = ACRE_LIFETIME_WALKED, .fill = ACRE_FILL_REUSE},
        {.backend = "malloc", .lifetime = ACRE_LIFETIME_WEAK, .fill = ACRE_FILL_REUSE},
        {.backend = "jemalloc", .lifetime = ACRE_LIFETIME_WEAK, .fill = ACRE_FILL_REUSE},
        {.backend = "mimalloc", .lifetime = ACRE_LIFETIME_WEAK, .fill = ACRE_FILL_REUSE},
    };

    for (size_t i = 0; i < ROW_COUNT; i++) {
        rows[i] = strategies[i / 2];
        rows[i].backward = i % 2 == 1;
    }
}

static struct acre_visit visit_of(struct session *session, const struct row *row,
                                  enum acre_visit_kind kind, uint64_t round)
{
    struct acre_visit visit = {
        .kind = kind,
        .workload = &acre_square_chain,
        .iterations = 1,
        .timed_ms = TIMED_MS,
        .spec =
            {
                .lifetime = row->lifetime,
                .values =
                    {
                        [ACRE_CHAIN_ELEMENTS] = session->options.elements,
                        [ACRE_CHAIN_DEPTH] = DEPTH,
                        [ACRE_CHAIN_BACKWARD] = row->backward,
                        [ACRE_CHAIN_FILL] = row->fill,
                        [ACRE_CHAIN_ORDER] = ACRE_ORDER_SEED,
                    },
                .seed = acre_random_below(&session->random, INT32_MAX) * 2 + round % 2,
            },
    };

    snprintf(visit.spec.backend, sizeof visit.spec.backend, "%s", row->backend);
    return visit;
}

/* False for want of memory. */
static bool keep(struct row *row, size_t kind, struct acre_cell *cell)
{
    if (cell->failure != NULL) {
        row->failure = cell->failure;
        cell->failure = NULL;
        return true;
    }
    if (cell->has_recorded) {
        const struct acre_recorded *traced = &cell->recorded;

        row->events_per_iteration =
            SCOPE_EVENTS + (double)(traced->allocations + traced->frees + traced->resets) /
                               (double)traced->iterations;
    }
    return acre_series_append(&row->ratios[kind], cell->x_limit.values[0]) &&
           acre_series_append(&row->unrecorded_ns, cell->limit_ns_per_iteration.values[0]);
}

static bool run_round(struct session *session, uint64_t round)
{
    size_t order[ROW_COUNT * KIND_COUNT];
    const size_t count = sizeof order / sizeof *order;

    acre_random_shuffle(&session->random, order, count);
    for (size_t i = 0; i < count; i++, session->progress.done++) {
        struct row *row = &session->rows[order[i] / KIND_COUNT];
        size_t kind = order[i] % KIND_COUNT;
        struct acre_visit visit = visit_of(session, row, kinds[kind], round);
        struct acre_run answer;
        bool kept;

        if (row->failure != NULL)
            continue;
        acre_progress_show(&session->progress, "%s/%s", row->backend,
                           acre_lifetime_name(row->lifetime));
        if (!acre_visit_in_child(&session->launch, &visit, &answer))
            return false;
        kept = keep(row, kind, &answer.cells[0]);
        acre_run_free(&answer);
        if (!kept)
            return false;
    }
    return true;
}

static bool run_rounds(struct session *session)
{
    bool done = true;

    session->progress.shows = isatty(STDERR_FILENO);
    session->progress.expected = session->options.rounds * ROW_COUNT * KIND_COUNT;
    session->progress.begin_ns = acre_now_ns();
    for (uint64_t round = 0; done && round < session->options.rounds; round++)
        done = run_round(session, round);
    acre_progress_end(&session->progress);
    return done;
}

/* Told -------------------------------------------------------------------------------------- */

/* "0.6 [0.4, 0.9]": what a ratio is above 1, in percent, with `unit` behind the point. */
static struct acre_number cost_of(const struct acre_series *ratios, const char *unit)
{
    struct acre_number number;
    struct acre_ratio ratio;

    if (acre_ratio_of_ratios(ratios, &ratio) != ACRE_STATS_OK)
        return (struct acre_number){"-"};
    number = acre_format_fixed(100 * (ratio.point - 1), 1);
    snprintf(number.text + strlen(number.text), sizeof number.text - strlen(number.text), "%s",
             unit);
    if (ratio.has_interval)
        snprintf(number.text + strlen(number.text), sizeof number.text - strlen(number.text),
                 " [%.20s, %.20s]", acre_format_fixed(100 * (ratio.low - 1), 1).text,
                 acre_format_fixed(100 * (ratio.high - 1), 1).text);
    return number;
}

static const char *is_cheap(const struct acre_series *ratios)
{
    struct acre_ratio ratio;

    if (acre_ratio_of_ratios(ratios, &ratio) != ACRE_STATS_OK || !ratio.has_interval)
        return "too few rounds";
    if (ratio.high < most_ratio)
        return "yes";
    return ratio.low > most_ratio ? "no" : "not shown";
}

/* "17.2 [15.0, 19.3]": what an event of the trace takes. */
static struct acre_number ns_of(const struct row *row, const struct acre_ratio *ratio)
{
    double ns = 0;
    struct acre_number number;

    acre_series_median(&row->unrecorded_ns, &ns);
    ns /= row->events_per_iteration;
    number = acre_format_fixed(ns * (ratio->point - 1), 1);
    if (ratio->has_interval)
        snprintf(number.text + strlen(number.text), sizeof number.text - strlen(number.text),
                 " [%.20s, %.20s]", acre_format_fixed(ns * (ratio->low - 1), 1).text,
                 acre_format_fixed(ns * (ratio->high - 1), 1).text);
    return number;
}

/* A row of either table begins with what is measured. */
static void begin_row(struct acre_grid *grid, const struct row *row)
{
    acre_grid_row(grid);
    acre_grid_set(grid, 0, ACRE_PAINT_NONE, "%s", row->backend);
    acre_grid_set(grid, 1, ACRE_PAINT_NONE, "%s", acre_lifetime_name(row->lifetime));
    acre_grid_set(grid, 2, ACRE_PAINT_NONE, "%s", row->fill == ACRE_FILL_RANDN ? "new" : "reused");
    acre_grid_set(grid, 3, ACRE_PAINT_NONE, "%s", row->backward ? "both" : "forward");
}

static void print_traced_row(struct acre_grid *grid, const struct row *row)
{
    const struct acre_series *ratios = &row->ratios[TRACE];
    struct acre_ratio ratio;

    if (row->failure != NULL || acre_ratio_of_ratios(ratios, &ratio) != ACRE_STATS_OK)
        return;
    begin_row(grid, row);
    acre_grid_set(grid, 4, ACRE_PAINT_NONE, "%s", cost_of(ratios, "").text);
    acre_grid_set(grid, 5, ACRE_PAINT_NONE, "%s",
                  acre_format_fixed(row->events_per_iteration, 1).text);
    acre_grid_set(grid, 6, ACRE_PAINT_NONE, "%s", ns_of(row, &ratio).text);
}

static bool print_traced(const struct session *session, const struct acre_page *page)
{
    static const struct acre_column columns[] = {
        {.title = "strategy"},
        {.title = "", .gap = 1},
        {.title = "x", .gap = 2},
        {.title = "pass", .gap = 2},
        {.title = "trace, %", .right = true, .gap = 2},
        {.title = "events/iter", .right = true, .gap = 2},
        {.title = "ns/event", .right = true, .gap = 2},
    };
    struct acre_grid grid = {.columns = columns, .column_count = sizeof columns / sizeof *columns};
    bool printed;

    for (size_t i = 0; i < ROW_COUNT; i++)
        print_traced_row(&grid, &session->rows[i]);
    printed = acre_grid_print(&grid, page, 2);
    acre_grid_free(&grid);
    return printed;
}

static void print_row(struct acre_grid *grid, const struct row *row)
{
    double ns = 0;

    begin_row(grid, row);
    if (row->failure != NULL) {
        acre_grid_note(grid, 4, ACRE_PAINT_RED, "failed: %s", row->failure);
        return;
    }
    acre_series_median(&row->unrecorded_ns, &ns);
    acre_grid_set(grid, 4, ACRE_PAINT_NONE, "%s", acre_format_digits(ns / 1000).text);
    acre_grid_set(grid, 5, ACRE_PAINT_NONE, "%s", cost_of(&row->ratios[NOTHING], "").text);
    acre_grid_set(grid, 6, ACRE_PAINT_NONE, "%s", cost_of(&row->ratios[COUNTS], "").text);
    acre_grid_set(grid, 7, ACRE_PAINT_NONE, "%s", is_cheap(&row->ratios[COUNTS]));
    acre_grid_set(grid, 8, ACRE_PAINT_NONE, "%s", cost_of(&row->ratios[FULL], "").text);
}

static bool print_table(const struct session *session, const struct acre_page *page)
{
    static const struct acre_column columns[] = {
        {.title = "strategy"},
        {.title = "", .gap = 1},
        {.title = "x", .gap = 2},
        {.title = "pass", .gap = 2},
        {.title = "us/iter", .right = true, .gap = 2},
        {.title = "nothing, %", .right = true, .gap = 2, .drop = 1},
        {.title = "counts, %", .right = true, .gap = 2},
        {.title = "below 2", .gap = 2, .drop = 2},
        {.title = "full, %", .right = true, .gap = 2, .drop = 3},
    };
    struct acre_grid grid = {.columns = columns, .column_count = sizeof columns / sizeof *columns};
    bool printed;

    for (size_t i = 0; i < ROW_COUNT; i++)
        print_row(&grid, &session->rows[i]);
    printed = acre_grid_print(&grid, page, 2);
    acre_grid_free(&grid);
    return printed;
}

static bool print(const struct session *session)
{
    const struct acre_terminal terminal = acre_terminal_of(STDOUT_FILENO);
    const struct acre_page page = {
        .stream = stdout,
        .width = terminal.width > 0 ? terminal.width : ACRE_DEFAULT_WIDTH,
        .color = terminal.color,
        .wide = terminal.width == 0,
    };
    const struct row *seed = &session->rows[FIRST_OF_SEED];
    const struct row *reuse = &session->rows[FIRST_OF_REUSE];
    const struct options *options = &session->options;

    printf("%s  %s elements, depth %d, order seed  %llu round%s\n\n", name,
           acre_format_count(options->elements).text, DEPTH, (unsigned long long)options->rounds,
           options->rounds == 1 ? "" : "s");
    if (seed->failure == NULL && reuse->failure == NULL &&
        !acre_page_say(&page, 2, 2, ACRE_PAINT_BOLD,
                       "Counting costs %s of the seed's loop on arena/region, which makes a new x "
                       "each time; under 2 %%: %s. Of the loop with a reused x it costs %s; under "
                       "2 %%: %s.",
                       cost_of(&seed->ratios[COUNTS], " %").text, is_cheap(&seed->ratios[COUNTS]),
                       cost_of(&reuse->ratios[COUNTS], " %").text,
                       is_cheap(&reuse->ratios[COUNTS])))
        return false;
    putchar('\n');
    if (!print_table(session, &page))
        return false;
    putchar('\n');
    if (!print_traced(session, &page))
        return false;
    putchar('\n');
    return acre_page_say(&page, 2, 2, ACRE_PAINT_NONE,
                         "us/iter: unrecorded. nothing: unrecorded against unrecorded, the noise "
                         "floor. counts, full: what these ledgers add; trace: what a file of every "
                         "call and scope adds, ns/event for each (aim: below %s). Medians over "
                         "processes with 95 %% intervals.",
                         acre_format_fixed(most_event_ns, 0).text);
}

/* The program ------------------------------------------------------------------------------- */

static bool read_elements(const struct acre_refusal *refusal, const char *text, uint64_t *elements)
{
    const struct acre_parameter *parameter = &acre_square_chain.parameters[ACRE_CHAIN_ELEMENTS];

    return acre_read_number(refusal, "--elements", text, parameter->least, parameter->most,
                            elements);
}

static bool read_options(struct options *options, int argc, char **argv,
                         const struct acre_refusal *refusal)
{
    static const struct option long_options[] = {
        {"elements", required_argument, NULL, 'e'},
        {"rounds", required_argument, NULL, 'r'},
        {"seed", required_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    bool good = true;
    int option;

    *options = (struct options){.elements = 10000, .rounds = 10, .seed = 1};
    opterr = 0;
    while (good && (option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
        if (option == 'e')
            good = read_elements(refusal, optarg, &options->elements);
        else if (option == 'r')
            good = acre_read_rounds(refusal, optarg, &options->rounds);
        else if (option == 's')
            good = acre_read_seed(refusal, optarg, &options->seed);
        else if (option == 'h')
            options->help = true;
        else
            good = acre_refuse_option(refusal, option, argv[optind - 1]);
    }
    if (good && optind < argc)
        return acre_refuse(refusal, "unexpected argument '%.40s'; --help shows all", argv[optind]);
    return good;
}

static enum acre_exit help(void)
{
    puts("usage: recording-cost [options]\n"
         "\n"
         "Measures what recording costs the square chain, with a new x in each iteration and with\n"
         "a reused one: each strategy against itself, in fresh processes, unrecorded, counted,\n"
         "recorded in full and as a trace, which goes to a file in TMPDIR (or /tmp) that is\n"
         "removed at once.\n"
         "\n"
         "  --elements N   float64 elements of x (default 10000)\n"
         "  --rounds N     processes for each figure (default 10; 6 or more give intervals)\n"
         "  --seed N       of the data and of the order of visits (default 1)\n"
         "  --help         this text\n"
         "\n"
         "example:\n"
         "  recording-cost --rounds 20\n"
         "\n"
         "exit status: 0 done, 2 wrong command line, 3 out of memory, 4 the output cannot be\n"
         "written, 6 a strategy failed");
    return acre_output_end(name);
}

static enum acre_exit judge(const struct session *session)
{
    char sentence[512];

    for (size_t i = 0; i < ROW_COUNT; i++)
        if (session->rows[i].failure != NULL) {
            snprintf(sentence, sizeof sentence, "%s/%s failed: %.300s", session->rows[i].backend,
                     acre_lifetime_name(session->rows[i].lifetime), session->rows[i].failure);
            return acre_complain(name, ACRE_EXIT_CELL, sentence);
        }
    return ACRE_EXIT_OK;
}

static void free_rows(struct row *rows)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        for (size_t kind = 0; kind < KIND_COUNT; kind++)
            free(rows[i].ratios[kind].values);
        free(rows[i].unrecorded_ns.values);
        free(rows[i].failure);
    }
}

static enum acre_exit measure(struct session *session)
{
    enum acre_exit status;

    set_rows(session->rows);
    acre_random_init(&session->random, session->options.seed, 0);
    if (!run_rounds(session) || !print(session))
        status = acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    else
        status = acre_output_end(name);
    if (status == ACRE_EXIT_OK)
        status = judge(session);
    free_rows(session->rows);
    return status;
}

static enum acre_exit run(int argc, char **argv, const char *const *self)
{
    struct session session = {.launch = {self, 1, false}};
    char error[512];
    const struct acre_refusal refusal = {error, sizeof error};

    if (!read_options(&session.options, argc, argv, &refusal))
        return acre_complain(name, ACRE_EXIT_USAGE, error);
    return session.options.help ? help() : measure(&session);
}

int main(int argc, char **argv)
{
    char *self = realpath("/proc/self/exe", NULL);
    const char *launch[] = {self != NULL ? self : name};
    int status;

    acre_streams_prepare();
    if (argc > 1 && strcmp(argv[1], "--child") == 0)
        status = acre_bench_main(&acre_square_chain, argc, argv,
                                 &(struct acre_launch){.words = launch, .count = 1});
    else
        status = (int)run(argc, argv, launch);
    free(self);
    return status;
}
