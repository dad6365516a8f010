#include "cli/programs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "replay/compile.h"

/* Under a number that is nothing else to children. */
static int make_file(void)
{
    int first = memfd_create("program", MFD_CLOEXEC);
    int file = first >= 0 ? fcntl(first, F_DUPFD, ACRE_GAUGE_DESCRIPTOR + 1) : -1;

    if (first >= 0)
        close(first);
    return file;
}

bool acre_programs_make(struct acre_programs *programs, bool is_planned)
{
    *programs =
        (struct acre_programs){.file = make_file(), .planned_file = is_planned ? make_file() : -1};
    return programs->file >= 0 && (programs->planned_file >= 0 || !is_planned);
}

/* What stands behind an option of ours at `argv[at]`; -1: it is not there. */
static int descriptor_at(int argc, char **argv, int at, const char *option)
{
    return argc > at + 1 && strcmp(argv[at], option) == 0 ? atoi(argv[at + 1]) : -1;
}

void acre_programs_inherited(struct acre_programs *programs, int argc, char **argv, int *words)
{
    *programs = (struct acre_programs){
        .file = descriptor_at(argc, argv, 1, "--program"),
        .planned_file = descriptor_at(argc, argv, 3, "--planned"),
    };
    *words = programs->file < 0 ? 0 : programs->planned_file < 0 ? 2 : 4;
}

bool acre_programs_map(struct acre_programs *programs)
{
    bool is_planned = programs->planned_file >= 0;

    programs->self = realpath("/proc/self/exe", NULL);
    snprintf(programs->numbers[0], sizeof programs->numbers[0], "%d", programs->file);
    snprintf(programs->numbers[1], sizeof programs->numbers[1], "%d", programs->planned_file);
    programs->words[0] = programs->self != NULL ? programs->self : "acre";
    programs->words[1] = "replay";
    programs->words[2] = "--program";
    programs->words[3] = programs->numbers[0];
    programs->words[4] = "--planned";
    programs->words[5] = programs->numbers[1];
    programs->launch = (struct acre_launch){
        .words = programs->words, .count = is_planned ? 6 : 4, .untold = is_planned ? 4 : 2};
    programs->workload = acre_replay;
    programs->workload.program = acre_program_map(programs->file);
    programs->workload.planned = is_planned ? acre_program_map(programs->planned_file) : NULL;
    return programs->workload.program != NULL &&
           (programs->workload.planned != NULL || !is_planned);
}

void acre_programs_fini(struct acre_programs *programs)
{
    acre_program_unmap(programs->workload.planned);
    acre_program_unmap(programs->workload.program);
    free(programs->self);
    if (programs->file >= 0)
        close(programs->file);
    if (programs->planned_file >= 0)
        close(programs->planned_file);
    *programs = (struct acre_programs){.file = -1, .planned_file = -1};
}
