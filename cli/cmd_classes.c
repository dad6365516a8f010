/* acre classes: how much of a backend's blocks is lost to rounding. */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alloc/registry.h"
#include "bench/arguments.h"
#include "bench/classes.h"
#include "cli/commands.h"
#include "cli/identity.h"
#include "cli/restart.h"
#include "report/exit_status.h"
#include "report/format.h"
#include "report/streams.h"

static const char name[] = "acre classes";

static const char help_text[] =
    "usage: acre classes [options] BACKEND\n"
    "\n"
    "Shows what a backend makes of requests from 1 byte to 4 MiB: how many sizes of blocks there "
    "are,\n"
    "and how much of them is lost to rounding, on average over all requests and at worst.\n"
    "\n"
    "    --align N    alignment of the requests, a power of two (default 16)\n"
    "    --help       this text\n"
    "\n"
    "examples:\n"
    "  acre classes jemalloc\n"
    "  acre classes --align 64 so:./libmine.so\n"
    "\n"
    "exit status: 0 shown, 2 wrong command line, 4 standard output cannot be written, 6 the "
    "backend\n"
    "cannot be opened, or does not tell usable sizes\n";

struct request {
    uint64_t align;
    bool help;
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
    const struct acre_class_row *worst = &classes->rows[5];
    double share_sum = 0;

    /* Every doubling counts the same, as requests come in all of them; what is below 16 bytes is
     * lost everywhere. */
    for (unsigned i = 5; i <= ACRE_CLASS_POWERS; i++) {
        const struct acre_class_row *row = &classes->rows[i];

        share_sum += row->waste_sum / (double)row->requests;
        if (row->worst_waste > worst->worst_waste)
            worst = row;
    }
    printf(
        "\n  Of blocks for 17 bytes to 4 MiB %.1f %% is lost to rounding on average over doublings",
        100 * share_sum / (ACRE_CLASS_POWERS - 4));
    if (worst->worst_waste > 0)
        printf(";\n  at worst %.1f %%, for %zu bytes", 100 * worst->worst_waste,
               worst->worst_request);
    puts(".\n\n  requests to    classes   mean waste     worst  at");
    for (unsigned i = 0; i <= ACRE_CLASS_POWERS; i++)
        print_row(&classes->rows[i], (size_t)1 << i);
}

static bool read_options(int argc, char **argv, struct request *request, char *error,
                         size_t error_bytes)
{
    static const struct option options[] = {
        {"align", required_argument, NULL, 'a'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    const struct acre_refusal refusal = {error, error_bytes};
    char why[256];
    int option;

    opterr = 0;
    optind = 0;
    while ((option = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
        if (option == '?' || option == ':')
            return acre_refuse_option(&refusal, option, argv[optind - 1]);
        if (option == 'h')
            request->help = true;
        else if (!acre_read_number(&refusal, "--align", optarg, 1, 2 << 20, &request->align))
            return false;
    }
    if ((request->align & (request->align - 1)) != 0)
        return acre_refuse(&refusal, "--align: %" PRIu64 " is no power of two", request->align);
    if (request->help)
        return true;
    if (optind + 1 != argc)
        return acre_refuse(&refusal, "wants one backend; 'acre list' shows all, or so:PATH");
    return acre_backend_check(argv[optind], why, sizeof why) ||
           acre_refuse(&refusal, "%.60s: %s", argv[optind], why);
}

static enum acre_exit show(const char *word, uint32_t align)
{
    struct acre_backend backend;
    struct acre_classes classes;
    bool is_measured;

    if (!acre_open_and_print(&backend, word, name))
        return ACRE_EXIT_CELL;
    printf("; aligned to %u\n", align);
    is_measured = acre_classes_measure(
        backend.kind->is_for_regions ? backend.regions[0] : backend.pinned, align, &classes);
    if (is_measured)
        print_classes(&classes);
    else
        fprintf(stderr, "%s: %.60s does not tell usable sizes, or refuses a block\n", name, word);
    acre_backend_close(&backend);
    return is_measured ? acre_output_end(name) : ACRE_EXIT_CELL;
}

int acre_cmd_classes(int argc, char **argv)
{
    struct request request = {.align = 16};
    char error[512];

    if (!read_options(argc, argv, &request, error, sizeof error)) {
        fprintf(stderr, "%s: %s\n", name, error);
        return ACRE_EXIT_USAGE;
    }
    if (request.help) {
        fputs(help_text, stdout);
        return (int)acre_output_end(name);
    }
    acre_restart_command("classes", argc, argv);
    return (int)show(argv[optind], (uint32_t)request.align);
}
