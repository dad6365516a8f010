#include "trace/header.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

/* The room that is left; "key=value" and a zero byte stand one behind the other. */
struct field_room {
    char *at, *end;
    const struct acre_trace_about *about;
};

static const char *given_value(const struct acre_trace_about *about, const char *key)
{
    for (size_t i = 0; i < about->field_count; i++)
        if (strcmp(about->fields[i].key, key) == 0)
            return about->fields[i].value;
    return NULL;
}

static void write_field(struct field_room *room, const char *key, const char *value)
{
    size_t key_bytes = strlen(key);
    size_t value_bytes = value != NULL ? strlen(value) : 0;

    if (value_bytes == 0 || key_bytes + 1 + value_bytes + 1 > (size_t)(room->end - room->at))
        return;
    memcpy(room->at, key, key_bytes);
    room->at[key_bytes] = '=';
    memcpy(room->at + key_bytes + 1, value, value_bytes + 1);
    room->at += key_bytes + 1 + value_bytes + 1;
}

/* One of the writer's own, unless another is given. */
static void put_field(struct field_room *room, const char *key, const char *value)
{
    if (given_value(room->about, key) == NULL)
        write_field(room, key, value);
}

static void put_number(struct field_room *room, const char *key, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, number);
    put_field(room, key, text);
}

static void put_purposes(struct field_room *room)
{
    char names[512] = "";
    size_t used = 0;

    for (int p = 0; p < ACRE_PURPOSE_COUNT; p++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", p == 0 ? "" : ",",
                                 acre_purpose_name((enum acre_purpose)p));
    write_field(room, "purposes", names);
}

static void put_fields(struct field_room *room)
{
    const struct acre_trace_about *about = room->about;
    const time_t now = time(NULL);
    struct tm utc;
    char started[32] = "";

    if (gmtime_r(&now, &utc) != NULL)
        strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    put_purposes(room);
    put_field(room, "producer", about->producer);
    put_field(room, "objects", "address");
    put_field(room, "clock", "CLOCK_MONOTONIC");
    put_number(room, "events_a_stamp", ACRE_TRACE_EVENTS_A_STAMP);
    put_number(room, "pointer_bytes", sizeof(void *));
    put_number(room, "pid", (uint64_t)getpid());
    put_field(room, "started", started);
    put_field(room, "workload", about->workload);
    put_field(room, "strategy", about->strategy);
    if (about->allocator != NULL) {
        put_field(room, "allocator_path", about->allocator->path);
        put_field(room, "allocator_version", about->allocator->version);
        put_field(room, "allocator_build_id", about->allocator->build_id);
    }
    for (size_t i = 0; i < about->field_count; i++)
        write_field(room, about->fields[i].key, about->fields[i].value);
    put_field(room, "command", about->command); /* the longest */
}

size_t acre_trace_put_header(const struct acre_trace_about *about, unsigned char *at, size_t room)
{
    char *fields = (char *)at + ACRE_TRACE_HEADER_BYTES;
    struct field_room left = {fields, (char *)at + room, about};
    size_t bytes;

    put_fields(&left);
    bytes = (size_t)(left.at - fields);
    memcpy(at, acre_trace_magic, sizeof acre_trace_magic);
    acre_trace_put_u32(at + 8, ACRE_TRACE_VERSION);
    acre_trace_put_u32(at + 12, ACRE_TRACE_PROBE);
    acre_trace_put_u32(at + 16, (uint32_t)bytes);
    acre_trace_put_u32(at + 20, 0);
    acre_trace_put_u64(at + 24, XXH3_64bits_withSeed(fields, bytes, XXH3_64bits(at, 24)));
    return ACRE_TRACE_HEADER_BYTES + bytes;
}
