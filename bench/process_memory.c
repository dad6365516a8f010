#include "bench/process_memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Without a stream, whose buffer would be malloc's. */
static bool read_file(pid_t process, const char *name, char *text, size_t text_bytes)
{
    char path[64] = "/proc/self/";
    ssize_t length = -1;
    int file;

    if (process != 0)
        snprintf(path, sizeof path, "/proc/%ld/", (long)process);
    strncat(path, name, sizeof path - strlen(path) - 1);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        length = read(file, text, text_bytes - 1);
        close(file);
    }
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

/* Of a line "Name:    123 kB"; `name` begins with the end of the line before. */
static bool find_kib(const char *text, const char *name, uint64_t *bytes)
{
    const char *line = strstr(text, name);

    if (line != NULL)
        *bytes = strtoull(line + strlen(name), NULL, 10) * 1024;
    return line != NULL;
}

bool acre_process_memory_read(pid_t process, struct acre_process_memory *memory)
{
    char text[2048];

    *memory = (struct acre_process_memory){0};
    return read_file(process, "smaps_rollup", text, sizeof text) &&
           find_kib(text, "\nRss:", &memory->rss_bytes) &&
           find_kib(text, "\nPss:", &memory->pss_bytes) &&
           find_kib(text, "\nPrivate_Dirty:", &memory->private_dirty_bytes) &&
           find_kib(text, "\nAnonymous:", &memory->anonymous_bytes) &&
           find_kib(text, "\nAnonHugePages:", &memory->huge_bytes);
}

/* Behind the name, which may hold anything and ends with the last parenthesis, fields 3, 4, ...:
 * faults without reading are number 10, those with it number 12 (proc(5)). */
bool acre_process_faults_read(pid_t process, uint64_t *faults)
{
    unsigned long long minor;
    unsigned long long major;
    char text[1024];
    const char *end;

    if (!read_file(process, "stat", text, sizeof text))
        return false;
    end = strrchr(text, ')');
    if (end == NULL ||
        sscanf(end + 1, " %*c %*d %*d %*d %*d %*d %*u %llu %*u %llu", &minor, &major) != 2)
        return false;
    *faults = minor + major;
    return true;
}

static uint64_t tables_of(const struct acre_ledger *ledger)
{
    size_t bytes = 0;

    acre_held_bytes(ledger->memory, &bytes);
    return bytes;
}

struct acre_resident_base acre_resident_base_now(const struct acre_ledger *ledger)
{
    struct acre_process_memory memory;
    struct acre_resident_base base = {.ledger_bytes = tables_of(ledger)};

    base.is_known = acre_process_memory_read(0, &memory);
    base.anonymous_bytes = memory.anonymous_bytes;
    return base;
}

uint64_t acre_resident_others(const struct acre_resident_base *base,
                              const struct acre_ledger *ledger, const struct acre_litter *litter)
{
    return base->anonymous_bytes + tables_of(ledger) - base->ledger_bytes + litter->usable_bytes +
           litter->table_bytes;
}
