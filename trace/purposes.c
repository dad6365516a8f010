#include "trace/purposes.h"

#include <string.h>

void acre_trace_purposes_init(struct acre_trace_purposes *purposes)
{
    *purposes = (struct acre_trace_purposes){.count = ACRE_PURPOSE_COUNT};
    for (uint32_t p = 0; p < ACRE_PURPOSE_COUNT; p++) {
        const char *name = acre_purpose_name((enum acre_purpose)p);

        memcpy(purposes->names[p], name, strnlen(name, ACRE_TRACE_PURPOSE_BYTES - 1));
    }
}

uint32_t acre_trace_purposes_find(struct acre_trace_purposes *purposes, const char *name,
                                  size_t bytes)
{
    char text[ACRE_TRACE_PURPOSE_BYTES] = "";

    memcpy(text, name, bytes < sizeof text ? bytes : sizeof text - 1);
    for (uint32_t p = 0; p < purposes->count; p++)
        if (strcmp(purposes->names[p], text) == 0)
            return p;
    if (purposes->count == ACRE_TRACE_MOST_PURPOSES)
        return ACRE_PURPOSE_OTHER;
    memcpy(purposes->names[purposes->count], text, sizeof text);
    return purposes->count++;
}

bool acre_trace_purposes_tell(struct acre_trace_purposes *purposes, const char *name, size_t bytes)
{
    if (purposes->told_count == ACRE_TRACE_MOST_PURPOSES)
        return false;
    purposes->told[purposes->told_count++] = acre_trace_purposes_find(purposes, name, bytes);
    return true;
}
