#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "cli/restart.h"
#include "report/streams.h"

static bool take_options(const struct acre_command *command, void *request, int argc, char **argv,
                         bool *help, const struct acre_refusal *refusal)
{
    char form[32];
    int option;

    snprintf(form, sizeof form, "%s:h%s",
             command->takes_words    ? "-"
             : command->ends_at_word ? "+"
                                     : "",
             command->letters != NULL ? command->letters : "");
    opterr = 0;
    optind = 0; /* glibc: start anew, another command line was parsed before */
    while ((option = getopt_long(argc, argv, form, command->options, NULL)) != -1) {
        if (option == '?' || option == ':')
            return acre_refuse_option(refusal, option, argv[optind - 1]);
        if (option == 'h')
            *help = true;
        else if (!command->take(request, option, refusal))
            return false;
    }
    for (; command->takes_words && optind < argc; optind++) { /* behind a "--" */
        optarg = argv[optind];
        if (!command->take(request, ACRE_WORD, refusal))
            return false;
    }
    return true;
}

static bool read_options(const struct acre_command *command, void *request, int argc, char **argv,
                         bool *help, const struct acre_refusal *refusal)
{
    if (!take_options(command, request, argc, argv, help, refusal))
        return false;
    if (*help)
        return true;
    if (optind == argc && command->wants != NULL)
        return acre_refuse(refusal, "%s", command->wants);
    return command->check == NULL || command->check(request, argv + optind, refusal);
}

int acre_command_run(const struct acre_command *command, void *request, int argc, char **argv)
{
    char error[512];
    const struct acre_refusal refusal = {error, sizeof error};
    enum acre_exit status = ACRE_EXIT_OK;
    bool help = false;

    if (!read_options(command, request, argc, argv, &help, &refusal)) {
        fprintf(stderr, "%s: %s\n", command->name, error);
        return ACRE_EXIT_USAGE;
    }
    if (command->loads_libraries && !help)
        acre_restart_command(command->name + strlen("acre "), argc, argv);
    if (help)
        fputs(command->help, stdout);
    else
        status = command->run(request, argv + optind);
    return status == ACRE_EXIT_OK ? (int)acre_output_end(command->name) : (int)status;
}
