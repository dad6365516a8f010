/* acre list: the backends of this machine, found or why not, and the workloads. */
#include <stdio.h>
#include <string.h>

#include "alloc/registry.h"
#include "bench/bench.h"
#include "cli/commands.h"
#include "cli/identity.h"
#include "cli/restart.h"
#include "report/exit_status.h"
#include "report/streams.h"

static void print_lifetimes(const char *backend)
{
    const char *comma = "";

    printf("    lifetimes  ");
    for (int l = 0; l < ACRE_LIFETIME_COUNT; l++)
        if (acre_why_not(backend, (enum acre_lifetime)l) == NULL) {
            printf("%s%s", comma, acre_lifetime_name((enum acre_lifetime)l));
            comma = ", ";
        }
    putchar('\n');
}

static void print_settings(const struct acre_backend_kind *kind)
{
    for (size_t i = 0; i < kind->setting_count; i++) {
        const struct acre_setting *setting = &kind->settings[i];

        printf("    %s  %s%s  %s\n", i == 0 ? "settings " : "         ", setting->name,
               setting->kind == ACRE_SETTING_FLAG    ? ""
               : setting->kind == ACRE_SETTING_BYTES ? "=BYTES"
                                                     : "=N",
               setting->about);
    }
}

static void print_backend(const struct acre_backend_kind *kind)
{
    struct acre_backend backend;
    char why[256];

    printf("  %-14s %s\n", kind->name, kind->about);
    if (kind->takes_path)
        return;
    if (!acre_backend_open(&backend, kind->name, why, sizeof why)) {
        printf("    not here   %s\n", why);
        return;
    }
    printf("    found      ");
    acre_print_identity(&backend.identity);
    printf("\n    threads    %s\n", acre_threads_name(kind->threads));
    print_lifetimes(kind->name);
    print_settings(kind);
    acre_backend_close(&backend);
}

int acre_cmd_list(int argc, char **argv)
{
    bool help = argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);

    if (argc > 1 && !help) {
        fprintf(stderr, "acre list: unexpected argument '%.40s'; it takes none\n", argv[1]);
        return ACRE_EXIT_USAGE;
    }
    if (help) {
        puts("usage: acre list\n\nLists backends (found, version, or why not) and workloads.");
        return (int)acre_output_end("acre list");
    }
    acre_restart_command("list", argc, argv);
    puts("backends");
    for (size_t i = 0; acre_backend_kind_at(i) != NULL; i++)
        print_backend(acre_backend_kind_at(i));
    puts("\nworkloads");
    for (size_t i = 0; acre_workload_at(i) != NULL; i++)
        printf("  %-16s %s\n", acre_workload_at(i)->name, acre_workload_at(i)->about);
    for (size_t i = 0; acre_workload_absent_at(i) != NULL; i++)
        printf("  %-16s not here: %s\n", acre_workload_absent_at(i)->name,
               acre_workload_absent_at(i)->why);
    return (int)acre_output_end("acre list");
}
