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

/* "12 of 40 visits, about 8.00 s left: " */
static int put_count(char *line, size_t line_bytes, const struct acre_progress *progress)
{
    const char *unit = progress->unit != NULL ? progress->unit : "visits";
    double gone_s = (acre_now_ns() - progress->begin_ns) * 1e-9;
    double left = (double)(progress->expected - progress->done);

    if (progress->expected == 0)
        return snprintf(line, line_bytes, "%zu %s: ", progress->done, unit);
    return snprintf(
        line, line_bytes, "%zu of %zu %s, about %s left: ", progress->done, progress->expected,
        unit,
        acre_format_seconds(progress->done > 0 ? gone_s / (double)progress->done * left : 0.0)
            .text);
}

void acre_progress_show(const struct acre_progress *progress, const char *what, ...)
{
    char line[256];
    int length;
    va_list arguments;

    if (!progress->shows)
        return;
    length = put_count(line, sizeof line, progress);
    va_start(arguments, what);
    vsnprintf(line + length, sizeof line - (size_t)length, what, arguments);
    va_end(arguments);
    for (char *at = line; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 127)
            *at = '?';
    show(line);
}

void acre_progress_end(const struct acre_progress *progress)
{
    if (progress->shows)
        show("");
}
