/* Where a process begins, forks, loses a module and ends; and the program's own marks. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "record/acre/mark.h"
#include "record/recorder/modules.h"
#include "record/recorder/process.h"
#include "record/recorder/real.h"
#include "record/recorder/unwind.h"

#define EXPORTED __attribute__((visibility("default")))

_Static_assert((int)ACRE_MARK_SCOPE_BEGIN == (int)ACRE_RAW_SCOPE_BEGIN &&
                   (int)ACRE_MARK_SCOPE_END == (int)ACRE_RAW_SCOPE_END &&
                   (int)ACRE_MARK_REGION_RESET == (int)ACRE_RAW_REGION_RESET &&
                   (int)ACRE_MARK_PURPOSE == (int)ACRE_RAW_PURPOSE,
               "a mark is stored as the note that it is");

__attribute__((constructor)) static void begin(void)
{
    struct acre_state *state = acre_state_begin();

    if (state == NULL)
        return;
    acre_this_state = acre_state_deaf();
    if (acre_settings.stacks == ACRE_RAW_UNWIND)
        acre_unwind_prepare();
    acre_this_state = state;
}

/* The child of vfork has its parent's memory, and its end is not the parent's. */
static void note_end(enum acre_raw_end how)
{
    struct acre_raw_head *head = acre_process_head();

    if (head != NULL && head->process == (uint32_t)getpid())
        head->end = how;
}

/* The program goes on behind this: handlers of exit and destructors of libraries are recorded. */
__attribute__((destructor)) static void end(void)
{
    note_end(ACRE_RAW_END_EXIT);
}

EXPORTED void _exit(int status)
{
    note_end(ACRE_RAW_END_QUICK);
    acre_real._exit(status);
    __builtin_unreachable();
}

EXPORTED void _Exit(int status)
{
    _exit(status);
}

EXPORTED void quick_exit(int status)
{
    note_end(ACRE_RAW_END_QUICK);
    acre_real.quick_exit(status);
    __builtin_unreachable();
}

EXPORTED pid_t fork(void)
{
    pid_t child;
    int error;

    acre_process_before_fork(acre_note(ACRE_RAW_FORK, 0, ""));
    child = acre_real.fork();
    if (child == 0)
        return 0;
    error = errno;
    acre_process_before_fork(0);
    acre_note(ACRE_RAW_FORKED, child > 0 ? (uint64_t)child : 0, "");
    errno = error;
    return child;
}

/* dlopen is left alone: it looks at who calls it, to find libraries beside that. What it brings is
 * found when a stack leads there. */
EXPORTED int dlclose(void *library)
{
    int result = acre_real.dlclose(library);

    acre_modules_forget();
    return result;
}

/* What acre/mark.h looks for. */
EXPORTED void acre_record_mark(enum acre_mark mark, uint64_t number, const char *name);

EXPORTED void acre_record_mark(enum acre_mark mark, uint64_t number, const char *name)
{
    acre_note((enum acre_raw_note)mark, number, name);
}
