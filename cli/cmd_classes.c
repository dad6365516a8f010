/* acre classes: how much of a backend's blocks is lost to rounding. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/registry.h"
#include "bench/classes.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/identity.h"
#include "cli/staircase.h"
#include "report/exit_status.h"
#include "report/format.h"
#include "report/picture.h"
#include "report/streams.h"
#include "report/write_file.h"

static const char name[] = "acre classes";

static const char help_text[] =
    "usage: acre classes [options] BACKEND...\n"
    "\n"
    "Shows what a backend makes of requests from 1 byte to 4 MiB: how many sizes of blocks there "
    "are,\n"
    "and how much of them is lost to rounding, on average over all requests and at worst.\n"
    "\n"
    "    --align N    alignment of the requests, a power of two (default 16)\n"
    "    --draw FILE  the staircase of requested to usable size, and the waste, of all backends "
    "in\n"
    "                 one picture; FILE ends with .svg, .png, .pdf or .gnuplot, the script for\n"
    "                 Gnuplot that draws it\n"
    "    --help       this text\n"
    "\n"
    "examples:\n"
    "  acre classes jemalloc\n"
    "  acre classes --align 64 so:./libmine.so\n"
    "  acre classes --draw classes.svg malloc jemalloc mimalloc pool\n"
    "\n"
    "exit status: 0 shown, 2 wrong command line, 3 out of memory, 4 standard output or FILE cannot "
    "be\n"
    "written, 6 a backend cannot be opened, or does not tell usable sizes\n";

struct request {
    uint64_t align;
    const char *draw_path; /* NULL: no picture */
};

static void print_row(const struct acre_class_row *row, size_t most)
{
    if (row->requests == 0)
        return;
    printf("  %10s  %9" PRIu64 "  %9.1f %%  %6.1f %%  %s\n", acre_format_bytes((double)most).text,
           row->classes, 100 * row->waste_sum / (double)row->requests, 100 * row->worst_waste,
           row->worst_waste > 0 ? acre_format_bytes((double)row->worst_request).text : "-");
}

static void print_classes(const struct acre_classes *classes)
{
    const struct acre_class_row *worst = acre_classes_worst(classes);

    printf(
        "\n  Of blocks for 17 bytes to 4 MiB %.1f %% is lost to rounding on average over doublings",
        100 * acre_classes_mean_waste(classes));
    if (worst->worst_waste > 0)
        printf(";\n  at worst %.1f %%, for %zu bytes", 100 * worst->worst_waste,
               worst->worst_request);
    puts(".\n\n  requests to    classes   mean waste     worst  at");
    for (unsigned i = 0; i <= ACRE_CLASS_POWERS; i++)
        print_row(&classes->rows[i], (size_t)1 << i);
}

static bool read_draw(const struct acre_refusal *refusal, struct request *request)
{
    request->draw_path = optarg;
    return (strcmp(optarg, "-") != 0 && acre_picture_is_known(&acre_painter_gnuplot, optarg)) ||
           acre_refuse(refusal,
                       "--draw: '%.40s' is none of FILE.svg, FILE.png, FILE.pdf, FILE.gnuplot",
                       optarg);
}

static bool take(void *context, int option, const struct acre_refusal *refusal)
{
    struct request *request = context;

    return option == 'd'
               ? read_draw(refusal, request)
               : acre_read_number(refusal, "--align", optarg, 1, 2 << 20, &request->align);
}

static bool check(const void *context, char *const *words, const struct acre_refusal *refusal)
{
    const struct request *request = context;

    if ((request->align & (request->align - 1)) != 0)
        return acre_refuse(refusal, "--align: %" PRIu64 " is no power of two", request->align);
    return acre_check_backends(refusal, words);
}

/* `staircase`: NULL without a picture. */
static enum acre_exit show(const char *word, uint32_t align, struct acre_staircase *staircase)
{
    const struct acre_class_listener listener = {acre_staircase_step, staircase};
    struct acre_backend backend;
    struct acre_classes classes;
    bool is_measured;

    if (!acre_open_and_print(&backend, word, name))
        return ACRE_EXIT_CELL;
    printf("; aligned to %u\n", align);
    if (staircase != NULL)
        acre_staircase_begin_backend(staircase);
    is_measured =
        acre_classes_measure(backend.kind->is_for_regions ? backend.regions[0] : backend.pinned,
                             align, &classes, staircase != NULL ? &listener : NULL);
    if (is_measured)
        print_classes(&classes);
    else
        fprintf(stderr, "%s: %.60s does not tell usable sizes, or refuses a block\n", name, word);
    if (is_measured && staircase != NULL)
        acre_staircase_end_backend(staircase, word, &classes);
    acre_backend_close(&backend);
    return is_measured ? ACRE_EXIT_OK : ACRE_EXIT_CELL;
}

static enum acre_exit show_all(char *const *words, uint32_t align, struct acre_staircase *staircase)
{
    enum acre_exit status = ACRE_EXIT_OK;

    for (; *words != NULL && status == ACRE_EXIT_OK; words++) {
        status = show(*words, align, staircase);
        if (words[1] != NULL)
            putchar('\n');
    }
    return status;
}

static enum acre_exit write_picture(const struct acre_bytes *script, const char *path)
{
    char error[512];

    if (!acre_picture_write(&acre_painter_gnuplot, script, path, error, sizeof error)) {
        fprintf(stderr, "%s: %s\n", name, error);
        return ACRE_EXIT_IO;
    }
    printf("\nwrote %s\n", path);
    return ACRE_EXIT_OK;
}

static enum acre_exit show_and_draw(char *const *words, const struct request *request)
{
    struct acre_bytes script = {0};
    struct acre_staircase staircase = {.script = open_memstream(&script.bytes, &script.count)};
    enum acre_exit status = ACRE_EXIT_MEMORY;

    if (staircase.script != NULL) {
        status = show_all(words, (uint32_t)request->align, &staircase);
        acre_staircase_end(&staircase, (uint32_t)request->align);
        if (fclose(staircase.script) != 0 && status == ACRE_EXIT_OK)
            status = ACRE_EXIT_MEMORY;
    }
    if (status == ACRE_EXIT_MEMORY)
        fprintf(stderr, "%s: out of memory\n", name);
    if (status == ACRE_EXIT_OK)
        status = write_picture(&script, request->draw_path);
    free(script.bytes);
    return status;
}

static enum acre_exit run(const void *context, char *const *words)
{
    const struct request *request = context;
    char error[512];

    if (request->draw_path == NULL)
        return show_all(words, (uint32_t)request->align, NULL);
    if (acre_file_probe(request->draw_path, error, sizeof error))
        return show_and_draw(words, request);
    fprintf(stderr, "%s: %s\n", name, error);
    return ACRE_EXIT_IO;
}

int acre_cmd_classes(int argc, char **argv)
{
    static const struct option options[] = {
        {"align", required_argument, NULL, 'a'},
        {"draw", required_argument, NULL, 'd'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static const struct acre_command command = {
        .name = name,
        .help = help_text,
        .options = options,
        .wants = "which backend? 'acre list' shows all, or so:PATH",
        .loads_libraries = true,
        .take = take,
        .check = check,
        .run = run,
    };
    struct request request = {.align = 16};

    return acre_command_run(&command, &request, argc, argv);
}
