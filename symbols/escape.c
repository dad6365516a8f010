#include "symbols/escape.h"

#include <setjmp.h>
#include <stddef.h>

/* libdw's handler is given nothing that could tell whose it is. */
static _Thread_local jmp_buf *innermost;

bool acre_escape_from(void (*body)(void *argument), void *argument)
{
    jmp_buf *volatile outer = innermost;
    jmp_buf here;
    bool is_whole = false;

    innermost = &here;
    if (setjmp(here) == 0) {
        body(argument);
        is_whole = true;
    }
    innermost = outer;
    return is_whole;
}

void acre_escape(void)
{
    longjmp(*innermost, 1);
}
