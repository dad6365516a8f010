#include "report/exported.h"
#include "report/format.h"

#include <ctype.h>
#include <string.h>

/* clang-format off: one series a line */
const struct acre_export_series acre_export_series[ACRE_EXPORT_SERIES] = {
    {"ns_per_iteration", "ns/op", offsetof(struct acre_cell, ns_per_iteration)},
    {"limit_ns_per_iteration", "limit-ns/op", offsetof(struct acre_cell, limit_ns_per_iteration)},
    {"x_limit", "x-limit", offsetof(struct acre_cell, x_limit)},
    {"faults_per_iteration", "faults/op", offsetof(struct acre_cell, faults_per_iteration)},
    {"system_ns_per_iteration", "system-ns/op",
     offsetof(struct acre_cell, system_ns_per_iteration)},
    {"rss_bytes", "RSS-B", offsetof(struct acre_cell, rss_bytes)},
    {"cold_ns", "cold-ns", offsetof(struct acre_cell, cold_ns)},
    {"cold_faults", "cold-faults", offsetof(struct acre_cell, cold_faults)},
};
/* clang-format on */

const struct acre_series *acre_exported(const struct acre_cell *cell, size_t index)
{
    return (const struct acre_series *)((const char *)cell + acre_export_series[index].offset);
}

size_t acre_exported_rounds(const struct acre_cell *cell)
{
    size_t rounds = 0;
    for (size_t i = 0; i < ACRE_EXPORT_SERIES; i++)
        if (acre_exported(cell, i)->count > rounds)
            rounds = acre_exported(cell, i)->count;
    return rounds;
}

/* "-8" at the end of a name of Go's is a number of processors. */
static bool ends_like_processors(const char *text)
{
    size_t digits = text[0] == '-' ? strspn(text + 1, "0123456789") : 0;
    return digits > 0 && text[1 + digits] == '\0';
}

static void put_part(FILE *to, const char *text)
{
    for (const char *at = acre_or_empty(text); *at; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte <= ' ' || byte >= 127 || byte == '/' || byte == '%' || ends_like_processors(at))
            fprintf(to, "%%%02X", byte);
        else
            putc(byte, to);
    }
}

static void put_named(FILE *to, const char *name, char between, const char *value)
{
    putc('/', to);
    put_part(to, name);
    putc(between, to);
    put_part(to, value);
}

void acre_export_name(FILE *to, const struct acre_cell_key *key, enum acre_name_style style)
{
    const char *workload = acre_or_empty(key->workload);
    if (style == ACRE_NAME_KEYED && islower((unsigned char)*workload))
        putc(toupper((unsigned char)*workload++), to);
    put_part(to, workload);
    if (style == ACRE_NAME_KEYED) {
        put_named(to, "backend", '=', key->backend);
        put_named(to, "lifetime", '=', key->lifetime);
    } else {
        putc('/', to);
        put_part(to, key->backend);
        putc('/', to);
        put_part(to, key->lifetime);
    }
    for (size_t i = 0; i < key->parameter_count; i++)
        put_named(to, key->parameters[i].name, style == ACRE_NAME_KEYED ? '=' : ':',
                  key->parameters[i].value);
}
