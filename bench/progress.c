#include "bench/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "bench/clock.h"
#include "report/format.h"
#include "report/streams.h"

/* A line that wraps could not be taken back. */
static void show(const char *line)
{
    int width = acre_terminal_of(STDERR_FILENO).width;

    fprintf(stderr, "\r\033[K%.*s", width > 0 ? width - 1 : 79, line);
    fflush(stderr);
}

void acre_progress_show(const struct acre_progress *progress, const char *what, ...)
{
    double gone_s = (acre_now_ns() - progress->begin_ns) * 1e-9;
    double left = (double)(progress->expected - progress->done);
    char line[256];
    int length;
    va_list arguments;

    if (!progress->shows)
        return;
    length = snprintf(
        line, sizeof line, "%zu of %zu visits, about %s left: ", progress->done, progress->expected,
        acre_format_seconds(progress->done > 0 ? gone_s / (double)progress->done * left : 0.0)
            .text);
    va_start(arguments, what);
    vsnprintf(line + length, sizeof line - (size_t)length, what, arguments);
    va_end(arguments);
    show(line);
}

void acre_progress_end(const struct acre_progress *progress)
{
    if (progress->shows)
        show("");
}
