/* pprof's message, unpacked and read again field by field. */
#include "export/written.h"
#include "support/mtest.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* A field of a message. */
struct field {
    uint32_t number;
    uint64_t value; /* of an integer */
    const unsigned char *bytes;
    size_t count;
};

static uint64_t read_varint(const unsigned char **at, const unsigned char *end)
{
    uint64_t value = 0;

    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        value |= (uint64_t)(**at & 0x7f) << shift;
        if ((*(*at)++ & 0x80) == 0)
            return value;
    }
    cr_assert_fail("a varint that does not end");
    return 0;
}

static bool read_field(const unsigned char **at, const unsigned char *end, struct field *field)
{
    uint64_t key;

    if (*at == end)
        return false;
    key = read_varint(at, end);
    *field = (struct field){.number = (uint32_t)(key >> 3)};
    field->value = read_varint(at, end);
    if ((key & 7) == 0)
        return true;
    cr_assert_eq(key & 7, 2);
    cr_assert(field->value <= (uint64_t)(end - *at));
    field->bytes = *at;
    field->count = (size_t)field->value;
    *at += field->count;
    return true;
}

static unsigned char *unpacked(const char *packed, size_t packed_bytes, size_t *bytes)
{
    size_t room = 1 << 22;
    unsigned char *whole = malloc(room);
    z_stream zlib = {
        .next_in = (unsigned char *)(uintptr_t)packed,
        .avail_in = (unsigned)packed_bytes,
        .next_out = whole,
        .avail_out = (unsigned)room,
    };

    cr_assert_eq(inflateInit2(&zlib, 15 + 16), Z_OK);
    cr_assert_eq(inflate(&zlib, Z_FINISH), Z_STREAM_END);
    cr_assert_eq(zlib.avail_in, 0);
    *bytes = room - zlib.avail_out;
    inflateEnd(&zlib);
    return whole;
}

struct pprof {
    uint64_t sums[5];
    uint64_t locations, functions, mappings, strings, samples, types;
    uint64_t deepest;              /* locations of a sample */
    uint64_t innermost, outermost; /* of the first sample */
    uint64_t first_address;        /* of the first location */
    bool has_names;                /* of the small profile */
};

static void read_sample(struct pprof *pprof, const struct field *sample)
{
    const unsigned char *at = sample->bytes, *end = sample->bytes + sample->count, *inner;
    struct field field;

    while (read_field(&at, end, &field)) {
        uint64_t count = 0;

        for (inner = field.bytes; inner < field.bytes + field.count; count++) {
            uint64_t value = read_varint(&inner, field.bytes + field.count);

            if (field.number == 2)
                pprof->sums[count] += value;
            else
                cr_assert(value >= 1 && value <= pprof->locations); /* they were told before */
            if (pprof->samples == 0 && field.number == 1)
                pprof->outermost = value;
            if (pprof->samples == 0 && field.number == 1 && count == 0)
                pprof->innermost = value;
        }
        cr_assert(field.number == 1 || count == 5);
        if (field.number == 1 && count > pprof->deepest)
            pprof->deepest = count;
    }
    pprof->samples++;
}

static uint64_t address_of(const struct field *location)
{
    const unsigned char *at = location->bytes;
    struct field field;

    while (read_field(&at, location->bytes + location->count, &field))
        if (field.number == 3)
            return field.value;
    return 0;
}

static struct pprof read_pprof(const char *packed, size_t packed_bytes)
{
    struct pprof pprof = {0};
    size_t bytes;
    unsigned char *whole = unpacked(packed, packed_bytes, &bytes);
    const unsigned char *at = whole;
    struct field field;

    while (read_field(&at, whole + bytes, &field)) {
        pprof.types += field.number == 1;
        pprof.mappings += field.number == 3;
        pprof.locations += field.number == 4;
        pprof.functions += field.number == 5;
        if (field.number == 2)
            read_sample(&pprof, &field);
        if (field.number == 4 && pprof.locations == 1)
            pprof.first_address = address_of(&field);
        if (field.number == 6) {
            cr_assert(pprof.strings > 0 || field.count == 0); /* the first is "" */
            pprof.strings++;
            pprof.has_names |= field.count == 8 && memcmp(field.bytes, "optimise", 8) == 0;
        }
    }
    free(whole);
    return pprof;
}

MTest(export_formats, pprof)
{
    for (const char *const *name = made_names; *name != NULL; name++) {
        struct made_profile *made = made_profile(*name);
        const struct acre_profile_figures *total = &made->profile.total;
        size_t bytes;
        char *text = written_text("pprof", made, ACRE_EXPORT_PEAK, &bytes);
        struct pprof pprof = read_pprof(text, bytes);

        cr_assert_eq(pprof.types, 5);
        cr_assert_eq(pprof.samples, made->profile.site_count);
        cr_assert_eq(pprof.sums[0], total->blocks);
        cr_assert_eq(pprof.sums[1], total->bytes);
        cr_assert_eq(pprof.sums[2], total->live_blocks);
        cr_assert_eq(pprof.sums[3], total->live_bytes);
        cr_assert_eq(pprof.sums[4], total->peak_bytes);
        cr_assert(pprof.deepest <= 1024);
        if (strcmp(*name, "small") == 0) {
            cr_assert_eq(pprof.locations, 5); /* of six frames one is a death's */
            cr_assert_eq(pprof.functions, 5);
            cr_assert_eq(pprof.innermost, 1);
            cr_assert_eq(pprof.outermost, 3);
            cr_assert_eq(pprof.first_address, 0x555500001200);
            cr_assert_eq(pprof.mappings, 2);
            cr_assert(pprof.has_names);
        }
        free(text);
        made_free(made);
    }
}
