/*
 * peers: the same work done by other ways of managing memory. docs/peers.md defines the tasks.
 *
 * Each visit is a process that does one task; in each round every peer does every task once, in a
 * new random order. A ratio is taken within a round and told as a median over rounds.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc/backends.h"
#include "bench/arguments.h"
#include "bench/child.h"
#include "bench/clock.h"
#include "bench/peers/peers_config.h"
#include "bench/peers/visit.h"
#include "bench/progress.h"
#include "bench/random.h"
#include "report/format.h"
#include "report/layout.h"
#include "report/stats.h"
#include "report/streams.h"

static const char name[] = "peers";

enum task { LIST, DAG, WEAK, COLLECT, BUILD_COLLECT, DEEP_DROP, TASK_COUNT };

static const struct {
    const char *name;
    uint32_t nodes_factor, repetitions; /* repetitions at --graphs 1000 */
} tasks[TASK_COUNT] = {
    [LIST] = {"list", 1, 1000},
    [DAG] = {"dag", 1, 1000},
    [WEAK] = {"weak", 1, 2000},
    [COLLECT] = {"collect", 1, 60},
    [BUILD_COLLECT] = {"build-collect", 1, 60},
    [DEEP_DROP] = {"deep-drop", 1000, 1},
};

#ifndef PEER_CPP
#define PEER_CPP         NULL
#define PEER_CPP_VERSION ""
#endif
#ifndef PEER_RUST
#define PEER_RUST         NULL
#define PEER_RUST_VERSION ""
#endif
#ifndef PEER_PYTHON
#define PEER_PYTHON         NULL
#define PEER_PYTHON_SCRIPT  ""
#define PEER_PYTHON_VERSION ""
#endif
#ifndef PEER_BOEHM
#define PEER_BOEHM         NULL
#define PEER_BOEHM_VERSION ""
#endif
#ifndef PEER_APR
#define PEER_APR         NULL
#define PEER_APR_VERSION ""
#endif

enum {
    REGION,
    WALKED,
    POOL,
    MALLOC,
    JEMALLOC,
    MIMALLOC,
    RUST,
    CPP,
    PYTHON,
    BOEHM,
    APR,
    PEER_COUNT
};

static const struct peer {
    const char *name, *version;
    const char *words[4];           /* the program and its first arguments; NULL: not built */
    const char *package;            /* where it would come from */
    const char *cannot[TASK_COUNT]; /* what the table says instead of a figure */
} peers[PEER_COUNT] = {
    [REGION] = {"acre region",
                "",
                {PEER_ACRE, "region"},
                "",
                {[COLLECT] = "by reset", [BUILD_COLLECT] = "by reset"}},
    [WALKED] = {"acre arena walked", "", {PEER_ACRE, "walked"}, "", {NULL}},
    [POOL] = {"acre pool", "", {PEER_ACRE, "pool"}, "", {NULL}},
    [MALLOC] = {"acre malloc", "", {PEER_ACRE, "malloc"}, "", {NULL}},
    [JEMALLOC] = {"acre jemalloc", "", {PEER_ACRE, "jemalloc"}, "", {NULL}},
    [MIMALLOC] = {"acre mimalloc", "", {PEER_ACRE, "mimalloc"}, "", {NULL}},
    [RUST] = {"Rust Rc, Weak",
              PEER_RUST_VERSION,
              {PEER_RUST},
              "rustc",
              {[COLLECT] = "leaks", [BUILD_COLLECT] = "leaks"}},
    [CPP] = {"C++ shared_ptr",
             PEER_CPP_VERSION,
             {PEER_CPP},
             "g++",
             {[COLLECT] = "leaks", [BUILD_COLLECT] = "leaks"}},
    [PYTHON] = {"CPython",
                PEER_PYTHON_VERSION,
                {PEER_PYTHON, "-IS", PEER_PYTHON_SCRIPT},
                "python3",
                {NULL}},
    [BOEHM] = {"Boehm GC", PEER_BOEHM_VERSION, {PEER_BOEHM}, "libgc-dev", {NULL}},
    [APR] = {"APR pools",
             PEER_APR_VERSION,
             {PEER_APR},
             "libapr1-dev",
             {[WEAK] = "none", [COLLECT] = "by clear", [BUILD_COLLECT] = "by clear"}},
};

/* What the engine is to reach: `ours` at most `most` of `theirs`. */
static const struct goal {
    enum task task;
    int ours, theirs;
    double most;
    const char *words; /* of `most` */
} goals[] = {
    {LIST, REGION, MIMALLOC, 1 / 2.2, "1/2.2"},
    {DAG, REGION, MIMALLOC, 1 / 2.2, "1/2.2"},
    {LIST, REGION, RUST, 1 / 7.0, "1/7"},
    {DAG, REGION, RUST, 1 / 7.0, "1/7"},
    {WEAK, POOL, RUST, 1.5, "1.5"},
    {WEAK, REGION, RUST, 1.5, "1.5"},
    {COLLECT, WALKED, PYTHON, 1 / 4.0, "1/4"},
    {COLLECT, POOL, PYTHON, 1 / 4.0, "1/4"},
    {COLLECT, MALLOC, PYTHON, 1 / 2.5, "1/2.5"},
};

struct cell {
    struct acre_series ns; /* one value a round */
    uint64_t checksum;
    char failure[128];
};

struct options {
    uint64_t rounds, nodes, graphs, seed;
    bool help;
};

struct session {
    struct options options;
    struct acre_random random;
    struct acre_progress progress;
    struct cell cells[PEER_COUNT][TASK_COUNT];
    const char *disagrees; /* a task whose checksums differ */
};

/* Measured ---------------------------------------------------------------------------------- */

static uint32_t repetitions_of(const struct options *options, enum task task)
{
    uint64_t repetitions = tasks[task].repetitions * options->graphs / 1000;

    return repetitions > 0 ? (uint32_t)repetitions : 1;
}

/* False for want of memory. */
static bool visit(struct session *session, const struct peer *peer, enum task task,
                  struct cell *cell)
{
    char nodes[24];
    char repetitions[24];
    const char *words[8] = {0};
    size_t count = 0;
    struct peer_visit answer;

    snprintf(nodes, sizeof nodes, "%" PRIu64, session->options.nodes * tasks[task].nodes_factor);
    snprintf(repetitions, sizeof repetitions, "%u", repetitions_of(&session->options, task));
    while (count < 4 && peer->words[count] != NULL) {
        words[count] = peer->words[count];
        count++;
    }
    words[count++] = tasks[task].name;
    words[count++] = nodes;
    words[count++] = repetitions;
    peer_visit(words, &answer);
    if (answer.failure[0] == '\0') {
        cell->checksum = answer.checksum;
        return acre_series_append(&cell->ns, answer.ns);
    }
    snprintf(cell->failure, sizeof cell->failure, "%s", answer.failure);
    return true;
}

static bool run_round(struct session *session)
{
    size_t order[PEER_COUNT * TASK_COUNT];

    acre_random_shuffle(&session->random, order, PEER_COUNT * TASK_COUNT);
    for (size_t i = 0; i < PEER_COUNT * TASK_COUNT; i++, session->progress.done++) {
        const struct peer *peer = &peers[order[i] / TASK_COUNT];
        enum task task = (enum task)(order[i] % TASK_COUNT);
        struct cell *cell = &session->cells[order[i] / TASK_COUNT][task];

        if (peer->words[0] == NULL || peer->cannot[task] != NULL || cell->failure[0] != '\0')
            continue;
        acre_progress_show(&session->progress, "%s, %s", peer->name, tasks[task].name);
        if (!visit(session, peer, task, cell))
            return false;
    }
    return true;
}

/* Every peer that did a task has read the same values from its nodes. */
static void compare_checksums(struct session *session)
{
    for (size_t task = 0; task < TASK_COUNT; task++)
        for (size_t peer = 0; peer < PEER_COUNT; peer++) {
            const struct cell *cell = &session->cells[peer][task];

            if (cell->ns.count > 0 && cell->checksum != session->cells[WALKED][task].checksum)
                session->disagrees = tasks[task].name;
        }
}

static bool run_rounds(struct session *session)
{
    bool done = true;

    session->progress.shows = isatty(STDERR_FILENO);
    session->progress.expected = session->options.rounds * PEER_COUNT * TASK_COUNT;
    session->progress.begin_ns = acre_now_ns();
    for (uint64_t round = 0; done && round < session->options.rounds; round++)
        done = run_round(session);
    acre_progress_end(&session->progress);
    compare_checksums(session);
    return done;
}

/* Told -------------------------------------------------------------------------------------- */

static bool ratio_of(const struct session *session, enum task task, int ours, int theirs,
                     struct acre_ratio *ratio)
{
    return acre_ratio_of_pairs(&session->cells[ours][task].ns, &session->cells[theirs][task].ns,
                               ratio) == ACRE_STATS_OK;
}

/* The row that ratios refer to: the engine's own way of doing the task. */
static int reference_of(enum task task)
{
    return peers[REGION].cannot[task] == NULL && task != WEAK ? REGION : POOL;
}

static void print_cell(struct acre_grid *grid, const struct session *session, size_t row,
                       enum task task)
{
    const struct cell *cell = &session->cells[row][task];
    size_t column = 1 + 2 * (size_t)task;
    struct acre_ratio ratio;
    double ns;

    if (peers[row].cannot[task] != NULL || cell->failure[0] != '\0') {
        acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s",
                      peers[row].cannot[task] != NULL             ? peers[row].cannot[task]
                      : strncmp(cell->failure, "crashes", 7) == 0 ? "crashes"
                                                                  : "fails");
        return;
    }
    if (acre_series_median(&cell->ns, &ns) != ACRE_STATS_OK)
        return;
    acre_grid_set(grid, column, ACRE_PAINT_NONE, "%s", acre_format_digits(ns).text);
    if (ratio_of(session, task, (int)row, reference_of(task), &ratio))
        acre_grid_set(grid, column + 1, ACRE_PAINT_NONE, "%s",
                      acre_format_digits(ratio.point).text);
}

static bool print_table(const struct session *session, const struct acre_page *page)
{
    struct acre_column columns[1 + 2 * TASK_COUNT] = {{.title = "ns per object"}};
    struct acre_grid grid = {.columns = columns, .column_count = sizeof columns / sizeof *columns};
    bool printed;

    for (size_t task = 0; task < TASK_COUNT; task++) {
        unsigned drop = task == BUILD_COLLECT ? 2 : task == DEEP_DROP ? 1 : 0;

        columns[1 + 2 * task] =
            (struct acre_column){.title = tasks[task].name, .right = true, .gap = 2, .drop = drop};
        columns[2 + 2 * task] =
            (struct acre_column){.title = "x", .right = true, .gap = 1, .drop = drop};
    }
    for (size_t row = 0; row < PEER_COUNT; row++) {
        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%s%s%s", peers[row].name,
                      peers[row].version[0] != '\0' ? " " : "", peers[row].version);
        if (peers[row].words[0] == NULL) {
            acre_grid_note(&grid, 1, ACRE_PAINT_NONE, "not built: install %s", peers[row].package);
            continue;
        }
        for (size_t task = 0; task < TASK_COUNT; task++)
            print_cell(&grid, session, row, (enum task)task);
    }
    printed = acre_grid_print(&grid, page, 2);
    acre_grid_free(&grid);
    return printed;
}

static const char *judge(const struct goal *goal, const struct acre_ratio *ratio)
{
    if (!ratio->has_interval)
        return "too few rounds";
    if (ratio->high <= goal->most)
        return "reached";
    return ratio->low > goal->most ? "not reached" : "not shown";
}

static bool print_goals(const struct session *session, const struct acre_page *page)
{
    static const struct acre_column columns[] = {
        {.title = "goal"},
        {.title = "against", .gap = 2},
        {.title = "at most", .right = true, .gap = 2},
        {.title = "measured", .right = true, .gap = 2},
        {.title = "", .gap = 2},
    };
    struct acre_grid grid = {.columns = columns, .column_count = sizeof columns / sizeof *columns};
    bool printed;

    for (size_t i = 0; i < sizeof goals / sizeof *goals; i++) {
        const struct goal *goal = &goals[i];
        struct acre_ratio ratio;

        acre_grid_row(&grid);
        acre_grid_set(&grid, 0, ACRE_PAINT_NONE, "%s, %s", tasks[goal->task].name,
                      peers[goal->ours].name);
        acre_grid_set(&grid, 1, ACRE_PAINT_NONE, "%s", peers[goal->theirs].name);
        acre_grid_set(&grid, 2, ACRE_PAINT_NONE, "%s", goal->words);
        if (!ratio_of(session, goal->task, goal->ours, goal->theirs, &ratio)) {
            acre_grid_set(&grid, 3, ACRE_PAINT_NONE, "-");
            continue;
        }
        acre_grid_set(&grid, 3, ACRE_PAINT_NONE, "%s", acre_format_ratio(&ratio, 3).text);
        acre_grid_set(&grid, 4, ACRE_PAINT_NONE, "%s", judge(goal, &ratio));
    }
    printed = acre_grid_print(&grid, page, 2);
    acre_grid_free(&grid);
    return printed;
}

/* "The region builds and drops a list of nodes in 1/6.5 of the time of Rust's Rc ..." */
static bool say(const struct session *session, const struct acre_page *page)
{
    struct acre_ratio rust;
    struct acre_ratio mimalloc;
    struct acre_ratio python;

    if (!ratio_of(session, LIST, RUST, REGION, &rust) ||
        !ratio_of(session, LIST, MIMALLOC, REGION, &mimalloc) ||
        !ratio_of(session, COLLECT, PYTHON, WALKED, &python))
        return acre_page_say(page, 2, 2, ACRE_PAINT_BOLD, "Some peers are missing here.");
    return acre_page_say(
        page, 2, 2, ACRE_PAINT_BOLD,
        "A region builds and drops lists %sx as fast as Rust's Rc and %sx as fast as the same "
        "engine on mimalloc; cycles are collected %sx as fast as in CPython.",
        acre_format_digits(rust.point).text, acre_format_digits(mimalloc.point).text,
        acre_format_digits(python.point).text);
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
    const struct options *options = &session->options;

    printf("%s  %s graphs of %s nodes  %" PRIu64 " round%s, seed %" PRIu64 "\n\n", name,
           acre_format_count(options->graphs).text, acre_format_count(options->nodes).text,
           options->rounds, options->rounds == 1 ? "" : "s", options->seed);
    if (!say(session, &page))
        return false;
    putchar('\n');
    if (!print_table(session, &page))
        return false;
    putchar('\n');
    if (!print_goals(session, &page))
        return false;
    putchar('\n');
    return acre_page_say(&page, 2, 2, ACRE_PAINT_NONE,
                         "Results %s. Processor time; medians over rounds, ratios with 95 %% "
                         "intervals; x: how often the time of acre region, or of acre pool where a "
                         "reset does not do the task and for weak.",
                         session->disagrees == NULL ? "identical in every peer" : "differ");
}

/* The program ------------------------------------------------------------------------------- */

static bool read_options(struct options *options, int argc, char **argv,
                         const struct acre_refusal *refusal)
{
    static const struct option long_options[] = {
        {"rounds", required_argument, NULL, 'r'}, {"nodes", required_argument, NULL, 'n'},
        {"graphs", required_argument, NULL, 'g'}, {"seed", required_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };
    bool good = true;
    int option;

    *options = (struct options){.rounds = 30, .nodes = 1000, .graphs = 1000, .seed = 1};
    opterr = 0;
    while (good && (option = getopt_long(argc, argv, ":h", long_options, NULL)) != -1) {
        if (option == 'r')
            good = acre_read_rounds(refusal, optarg, &options->rounds);
        else if (option == 'n')
            good = acre_read_number(refusal, "--nodes", optarg, 3, 1000000, &options->nodes);
        else if (option == 'g')
            good = acre_read_number(refusal, "--graphs", optarg, 1, 1000000, &options->graphs);
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
    puts("usage: peers [options]\n"
         "\n"
         "Does the same work with this engine, Rust's Rc and Weak, C++'s shared_ptr and weak_ptr,\n"
         "CPython, the Boehm collector and APR pools, and compares the time per object.\n"
         "\n"
         "  --rounds N     visits to each peer for each task (default 30; 6 or more give "
         "intervals)\n"
         "  --nodes N      nodes of a graph, handles, rings (default 1000)\n"
         "  --graphs N     graphs built and dropped in a visit (default 1000)\n"
         "  --seed N       of the order of visits (default 1)\n"
         "  --help         this text\n"
         "\n"
         "example:\n"
         "  peers --rounds 100\n"
         "\n"
         "exit status: 0 done, 1 results differ between peers, 2 wrong command line, 3 out of\n"
         "memory, 4 the output cannot be written, 6 the engine itself failed");
    return acre_output_end(name);
}

static enum acre_exit verdict(const struct session *session)
{
    char sentence[256];

    for (size_t peer = 0; peer <= MIMALLOC; peer++)
        for (size_t task = 0; task < TASK_COUNT; task++)
            if (session->cells[peer][task].failure[0] != '\0') {
                snprintf(sentence, sizeof sentence, "%s, %s: %s", peers[peer].name,
                         tasks[task].name, session->cells[peer][task].failure);
                return acre_complain(name, ACRE_EXIT_CELL, sentence);
            }
    if (session->disagrees == NULL)
        return ACRE_EXIT_OK;
    snprintf(sentence, sizeof sentence, "checksums of %s differ", session->disagrees);
    return acre_complain(name, ACRE_EXIT_NO, sentence);
}

static enum acre_exit measure(struct session *session)
{
    enum acre_exit status;

    acre_random_init(&session->random, session->options.seed, 0);
    if (!run_rounds(session) || !print(session))
        status = acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
    else
        status = acre_output_end(name);
    if (status == ACRE_EXIT_OK)
        status = verdict(session);
    for (size_t peer = 0; peer < PEER_COUNT; peer++)
        for (size_t task = 0; task < TASK_COUNT; task++)
            free(session->cells[peer][task].ns.values);
    return status;
}

int main(int argc, char **argv)
{
    static struct session session;
    char error[512];
    const struct acre_refusal refusal = {error, sizeof error};

    acre_streams_prepare();
    if (!read_options(&session.options, argc, argv, &refusal))
        return (int)acre_complain(name, ACRE_EXIT_USAGE, error);
    return (int)(session.options.help ? help() : measure(&session));
}
