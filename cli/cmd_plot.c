/* acre plot: the figures of a run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/drawing.h"
#include "plot/figure.h"
#include "report/format.h"
#include "report/streams.h"

static const char name[] = "acre plot";

static const char help_text[] =
    "usage: acre plot [options] -o FILE RUN.json\n"
    "\n"
    "Draws what the tables of a run say, for a paper: every figure that the run has data for. "
    "FILE\n"
    "ends with .svg, .pdf, .png or .gnuplot, the script for Gnuplot that draws it; the name of "
    "the\n"
    "figure is put before that end, and the number of the group where the run has several.\n"
    "\n"
    "  ranking   each strategy's distance to the limit, or its time, with its 95 % interval\n"
    "  memory    requested, held and resident over time\n"
    "  waste     where the memory is when most is live\n"
    "  growth    time against size, where groups differ in a number\n"
    "  rounds    every round as measured, in their order\n"
    "\n"
    "  -o, --output FILE  where it is written; - is the script on standard output\n"
    "  --figure NAME      that one alone, as FILE itself where there is no other group\n"
    "  --workload NAME    groups of this workload alone\n"
    "  --group NUMBER     that group alone, counted as in the tables from 1\n"
    "  --width MM         how wide it is, 60 to 1000 (default 174: both columns of a page; 84 is\n"
    "                     one of them)\n"
    "  --help             this text\n"
    "\n"
    "examples:\n"
    "  acre plot -o run.svg run.json                            run-ranking.svg, run-memory.svg "
    "...\n"
    "  acre plot --figure ranking --width 84 -o rank.pdf run.json\n"
    "  acre plot --figure growth --workload mlp -o growth.pdf sizes.json\n"
    "\n"
    "exit status: 0 drawn, 2 wrong command line, 3 out of memory, 4 a file cannot be read or "
    "written,\n"
    "5 a file is no run, or has nothing to draw\n";

struct request {
    const char *output;
    bool has_figure;
    enum acre_figure figure;
    const char *workload; /* NULL: all */
    uint64_t group;       /* from 1; 0: all */
    uint64_t width_mm;
};

static bool take(void *context, int option, const struct acre_refusal *refusal)
{
    struct request *request = context;

    switch (option) {
    case 'o':
        request->output = optarg;
        return acre_read_drawing(refusal, optarg);
    case 'f':
        request->has_figure = true;
        return acre_figure_from_name(optarg, &request->figure) ||
               acre_refuse(refusal,
                           "--figure: there are ranking, memory, waste, growth and rounds, no "
                           "'%.40s'",
                           optarg);
    case 'w':
        request->workload = optarg;
        return true;
    case 'g':
        return acre_read_number(refusal, "--group", optarg, 1, 1000000, &request->group);
    default: /* 'm' */
        return acre_read_number(refusal, "--width", optarg, ACRE_LEAST_MM, ACRE_MOST_MM,
                                &request->width_mm);
    }
}

static bool check(const void *context, char *const *words, const struct acre_refusal *refusal)
{
    const struct request *request = context;

    if (words[1] != NULL)
        return acre_refuse(refusal, "one run at a time, '%.40s' is a second", words[1]);
    return request->output != NULL ||
           acre_refuse(refusal, "where to? -o FILE.svg, or .pdf, .png, .gnuplot");
}

/* What is to be drawn. */
struct drawn {
    enum acre_figure figure;
    size_t group;
};

static bool is_wanted(const struct request *request, const struct acre_groups *all, size_t group)
{
    const char *workload = acre_or_empty(all->groups[group].key->workload);

    return (request->group == 0 || request->group == group + 1) &&
           (request->workload == NULL || strcmp(request->workload, workload) == 0);
}

/* Figure by figure, in the order of --help. The room is for all of all groups. */
static size_t find_drawn(const struct request *request, const struct acre_groups *all,
                         struct drawn *drawn)
{
    size_t count = 0;

    for (int f = 0; f < ACRE_FIGURE_COUNT; f++)
        for (size_t g = 0; g < all->count; g++)
            if ((!request->has_figure || request->figure == (enum acre_figure)f) &&
                is_wanted(request, all, g) && acre_figure_is_there((enum acre_figure)f, all, g))
                drawn[count++] = (struct drawn){(enum acre_figure)f, g};
    return count;
}

static enum acre_exit say_nothing_there(const struct request *request,
                                        const struct acre_groups *all, const char *path)
{
    char sentence[512];
    size_t wanted = 0;

    for (size_t g = 0; g < all->count; g++)
        wanted += is_wanted(request, all, g);
    if (wanted == 0)
        snprintf(sentence, sizeof sentence,
                 "%.200s: no such group among its %zu; 'acre report --wide' shows them", path,
                 all->count);
    else if (request->has_figure)
        snprintf(sentence, sizeof sentence, "%.200s: nothing for '%s', which wants %s", path,
                 acre_figure_name(request->figure), acre_figure_wants(request->figure));
    else
        snprintf(sentence, sizeof sentence, "%.200s: nothing was measured that could be drawn",
                 path);
    return acre_complain(name, ACRE_EXIT_INPUT, sentence);
}

static enum acre_exit out_of_memory(void)
{
    return acre_complain(name, ACRE_EXIT_MEMORY, "out of memory");
}

static enum acre_exit draw(const struct request *request, const struct acre_groups *all,
                           const struct drawn *drawn, bool is_numbered)
{
    struct acre_drawing drawing;
    enum acre_exit status = ACRE_EXIT_OK;

    if (!acre_drawing_begin(&drawing, request->output,
                            request->has_figure ? NULL : acre_figure_name(drawn->figure),
                            is_numbered ? drawn->group + 1 : 0))
        return out_of_memory();
    if (!acre_figure_write(drawn->figure, all, drawn->group, (double)request->width_mm,
                           drawing.stream))
        status = out_of_memory();
    return acre_drawing_end(&drawing, name, status);
}

/* Whether groups are told apart by their numbers: where several are drawn. */
static bool are_numbered(const struct drawn *drawn, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (drawn[i].group != drawn[0].group)
            return true;
    return false;
}

static enum acre_exit draw_all(const struct request *request, const struct acre_groups *all,
                               const struct drawn *drawn, size_t count)
{
    enum acre_exit status = ACRE_EXIT_OK;
    bool is_numbered = are_numbered(drawn, count);

    for (size_t i = 0; status == ACRE_EXIT_OK && i < count; i++)
        status = draw(request, all, &drawn[i], is_numbered);
    return status;
}

static enum acre_exit plot_groups(const struct request *request, const struct acre_groups *all,
                                  const char *path)
{
    struct drawn *drawn = calloc(all->count * ACRE_FIGURE_COUNT + 1, sizeof *drawn);
    enum acre_exit status = ACRE_EXIT_OK;
    size_t count;

    if (drawn == NULL)
        return out_of_memory();
    count = find_drawn(request, all, drawn);
    if (count == 0)
        status = say_nothing_there(request, all, path);
    else if (count > 1 && strcmp(request->output, "-") == 0)
        status = acre_complain(name, ACRE_EXIT_USAGE,
                               "standard output has room for one figure: --figure and --group "
                               "choose it");
    else
        status = draw_all(request, all, drawn, count);
    free(drawn);
    return status;
}

static enum acre_exit plot(const void *context, char *const *words)
{
    const struct request *request = context;
    struct acre_groups all;
    struct acre_run run;
    char error[1024];
    enum acre_exit status = acre_run_load(&run, words[0], error, sizeof error);

    if (status != ACRE_EXIT_OK)
        return acre_complain(name, status, error);
    status = acre_groups_init(&all, &run) ? plot_groups(request, &all, words[0]) : out_of_memory();
    acre_groups_fini(&all);
    acre_run_free(&run);
    return status;
}

int acre_cmd_plot(int argc, char **argv)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},
        {"figure", required_argument, NULL, 'f'},
        {"workload", required_argument, NULL, 'w'},
        {"group", required_argument, NULL, 'g'},
        {"width", required_argument, NULL, 'm'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .letters = "o:",
        .wants = "which run? a benchmark's --json FILE writes one",
        .take = take,
        .check = check,
        .run = plot,
    };
    struct request request = {.width_mm = ACRE_PAGE_MM};

    return acre_command_run(&command, &request, argc, argv);
}
