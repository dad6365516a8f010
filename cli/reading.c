#include "cli/reading.h"

#include <unistd.h>

#include "bench/clock.h"

enum { MILLION = 1000000 };

void acre_reading_begin(struct acre_reading *reading, const char *what, uint64_t events)
{
    *reading = (struct acre_reading){
        .what = what,
        .progress =
            {
                .shows = isatty(STDERR_FILENO),
                .unit = "million events",
                .expected = (size_t)(events / MILLION),
                .begin_ns = acre_now_ns(),
            },
    };
}

void acre_reading_show(void *to, uint64_t events)
{
    struct acre_reading *reading = to;

    reading->progress.done = (size_t)(events / MILLION);
    acre_progress_show(&reading->progress, "%s", reading->what);
}

void acre_reading_end(struct acre_reading *reading)
{
    if (reading->progress.done > 0)
        acre_progress_end(&reading->progress);
}
