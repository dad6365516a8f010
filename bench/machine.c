#include "bench/machine.h"

#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "acre_config.h"
#include "alloc/track.h"
#include "core/kernels.h"

enum { MOST_FACTS = 16 };

static bool add(struct acre_run *run, const char *name, const char *value)
{
    struct acre_fact *fact = &run->machine[run->machine_count];

    fact->name = strdup(name);
    fact->value = strdup(value);
    run->machine_count++;
    return fact->name != NULL && fact->value != NULL;
}

/* The first line of a file of the kernel's, "?" where there is none. */
static const char *first_line(const char *path, char *line, size_t line_bytes)
{
    FILE *file = fopen(path, "re");

    snprintf(line, line_bytes, "?");
    if (file == NULL)
        return line;
    if (fgets(line, (int)line_bytes, file) == NULL)
        snprintf(line, line_bytes, "?");
    fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return line;
}

static const char *processor(char *name, size_t name_bytes)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
    char line[256];

    snprintf(name, name_bytes, "?");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *value = strchr(line, ':');

        if (strncmp(line, "model name", 10) != 0 || value == NULL)
            continue;
        snprintf(name, name_bytes, "%s", value + 2);
        name[strcspn(name, "\n")] = '\0';
        break;
    }
    if (file != NULL)
        fclose(file);
    return name;
}

/* "always [madvise] never" -> "madvise" */
static const char *chosen(char *line)
{
    char *begin = strchr(line, '[');
    char *end = strchr(line, ']');

    if (begin == NULL || end == NULL || end < begin)
        return line;
    *end = '\0';
    return begin + 1;
}

/* False for want of memory. What stood there before goes. */
static bool set(char **text, const char *value)
{
    free(*text);
    *text = strdup(value);
    return *text != NULL;
}

static bool stamp(struct acre_run *run)
{
    char started[32];
    time_t now = time(NULL);
    struct tm utc;

    gmtime_r(&now, &utc);
    strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return set(&run->acre_version, ACRE_VERSION) && set(&run->started, started);
}

bool acre_machine_describe(struct acre_run *run)
{
    char text[300];
    char count[32];
    struct utsname kernel;

    run->machine = calloc(MOST_FACTS, sizeof *run->machine);
    if (run->machine == NULL || !stamp(run) || uname(&kernel) != 0)
        return false;
    snprintf(count, sizeof count, "%ld", sysconf(_SC_NPROCESSORS_ONLN));
    if (!add(run, "cpu", processor(text, sizeof text)) || !add(run, "cores", count))
        return false;
    snprintf(text, sizeof text, "%.100s %.150s", kernel.sysname, kernel.release);
    if (!add(run, "kernel", text))
        return false;
    first_line("/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof text);
    if (!add(run, "thp", chosen(text)))
        return false;
    first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", text, sizeof text);
    if (!add(run, "governor", text))
        return false;
    snprintf(text, sizeof text, "glibc %s", gnu_get_libc_version());
    return add(run, "libc", text) && add(run, "compiler", __VERSION__) &&
           add(run, "kernels", acre_kernels_best()->name);
}

uint64_t acre_machine_memory_limit_bytes(void)
{
#ifdef ACRE_TRACK_ASAN
    return 0; /* its shadow alone takes terabytes of address space */
#else
    long pages = sysconf(_SC_PHYS_PAGES);
    long page_bytes = sysconf(_SC_PAGESIZE);

    return pages > 0 && page_bytes > 0 ? (uint64_t)pages / 2 * (uint64_t)page_bytes : 0;
#endif
}
