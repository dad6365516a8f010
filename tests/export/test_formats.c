/* What is written, read again by the rules of each format: nothing is lost, and its figures are
 * those of the profile. Their own readers are tried by test_readers.sh. */
#include "export/profiles.h"
#include "support/mtest.h"

#include <inttypes.h>
#include <jansson.h>
#include <locale.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "export/formats.h"

/* The caller's to free; a zero byte stands behind it. */
static char *text_of(const char *format, const struct made_profile *made,
                     enum acre_export_metric metric, size_t *bytes)
{
    const struct acre_exporter *exporter = acre_exporter_find(format);
    struct acre_exported exported = made->exported;
    char *text = NULL;
    FILE *stream = open_memstream(&text, bytes);

    exported.metric = metric;
    cr_assert(exporter != NULL && stream != NULL);
    cr_assert(exporter->put(&exported, stream), "%s", format);
    cr_assert_eq(fclose(stream), 0);
    return text;
}

static uint64_t total_of(const struct made_profile *made, enum acre_export_metric metric)
{
    return acre_export_metric_of(&made->profile.total, metric);
}

MTest(export_formats, table)
{
    cr_assert_str_eq(acre_exporter_find("dhat")->extension, "dhat.json");
    cr_assert_null(acre_exporter_find("DHAT"));
    cr_assert_null(acre_exporter_find(""));
    for (int m = 0; m < ACRE_EXPORT_METRICS; m++) {
        enum acre_export_metric metric;

        cr_assert(acre_export_metric_from_name(acre_export_metric_name((enum acre_export_metric)m),
                                               &metric));
        cr_assert_eq((int)metric, m);
    }
}

MTest(export_formats, metrics)
{
    const struct acre_profile_figures figures = {
        .blocks = 10,
        .bytes = 1000,
        .resizes = 3,
        .live_bytes = 7,
        .peak_bytes = 600,
        .short_bytes = 50,
        .inherited = 4,
    };

    cr_assert_eq(acre_export_metric_of(&figures, ACRE_EXPORT_PEAK), 600);
    cr_assert_eq(acre_export_metric_of(&figures, ACRE_EXPORT_BYTES), 1000);
    cr_assert_eq(acre_export_metric_of(&figures, ACRE_EXPORT_CALLS), 9);
    cr_assert_eq(acre_export_metric_of(&figures, ACRE_EXPORT_SHORT), 50);
    cr_assert_eq(acre_export_metric_of(&figures, ACRE_EXPORT_LEAKED), 7);
}

/* Collapsed -------------------------------------------------------------------------------------
 */

/* The sum of the weights; each line is as flame graphs want it. */
static uint64_t sum_of_lines(char *text, size_t bytes)
{
    uint64_t sum = 0;

    cr_assert_eq(strlen(text), bytes);
    for (char *line = text, *next; *line != '\0'; line = next + 1) {
        char *blank, *end;

        next = strchr(line, '\n');
        cr_assert_not_null(next);
        *next = '\0';
        blank = strrchr(line, ' ');
        cr_assert(blank != NULL && blank[1] >= '1' && blank[1] <= '9', "%s", line);
        sum += strtoull(blank + 1, &end, 10);
        cr_assert_eq(*end, '\0');
        for (const char *at = line; at < blank; at++)
            cr_assert((unsigned char)*at >= 32 && *at != 127);
    }
    return sum;
}

MTest(export_formats, collapsed)
{
    struct made_profile *made;
    char *text;
    size_t bytes;

    for (const char *const *name = made_names; *name != NULL; name++) {
        made = made_profile(*name);
        for (int m = 0; m < ACRE_EXPORT_METRICS; m++) {
            text = text_of("collapsed", made, (enum acre_export_metric)m, &bytes);
            cr_assert_eq(sum_of_lines(text, bytes), total_of(made, (enum acre_export_metric)m),
                         "%s", *name);
            free(text);
        }
        made_free(made);
    }
    made = made_profile("small");
    text = text_of("collapsed", made, ACRE_EXPORT_PEAK, &bytes);
    cr_assert_str_eq(text, "main;parse;node_new 6400\n"
                           "main;optimise;node_new 40960\n"
                           "main;optimise;node_new;libc.so.6+0x8a1b2 3000000\n"
                           "main;parse 24\n");
    free(text);
    made_free(made);
    made = made_profile("hostile");
    text = text_of("collapsed", made, ACRE_EXPORT_BYTES, &bytes);
    cr_assert_not_null(strstr(text, "semi,colon 300\n"));
    cr_assert_not_null(strstr(text, "ends 17 1000\n"));
    free(text);
    made_free(made);
}

/* JSON ------------------------------------------------------------------------------------------
 */

static json_t *json_of(const char *format, const struct made_profile *made)
{
    json_error_t error;
    size_t bytes;
    char *text = text_of(format, made, ACRE_EXPORT_PEAK, &bytes);
    json_t *root = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &error);

    cr_assert_not_null(root, "%s: line %d: %s", format, error.line, error.text);
    free(text);
    return root;
}

static uint64_t number_of(const json_t *object, const char *key)
{
    const json_t *number = json_object_get(object, key);

    cr_assert(json_is_integer(number), "%s", key);
    return (uint64_t)json_integer_value(number);
}

static uint64_t sum_of(const json_t *points, const char *key)
{
    uint64_t sum = 0;
    size_t index;
    const json_t *point;

    json_array_foreach(points, index, point) sum += number_of(point, key);
    return sum;
}

/* The strings of a point, one behind the other. */
static char *list_of(const json_t *point, const json_t *table)
{
    char *list = NULL;
    size_t bytes, index;
    FILE *stream = open_memstream(&list, &bytes);
    const json_t *frame;

    json_array_foreach(json_object_get(point, "fs"), index, frame)
    {
        const char *text =
            json_string_value(json_array_get(table, (size_t)json_integer_value(frame)));

        cr_assert_not_null(text);
        fprintf(stream, "%s\n", text);
    }
    fclose(stream);
    return list;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Its viewer refuses a list of strings that comes twice, and Valgrind a maximum that was exceeded.
 */
static void dhat_is_sound(const json_t *root)
{
    const json_t *points = json_object_get(root, "pps"), *table = json_object_get(root, "ftbl");
    size_t count = json_array_size(points);
    char **lists = calloc(count + 1, sizeof *lists);

    cr_assert_str_eq(json_string_value(json_array_get(table, 0)), "[root]");
    for (size_t i = 0; i < count; i++) {
        const json_t *point = json_array_get(points, i);

        lists[i] = list_of(point, table);
        cr_assert(number_of(point, "mb") >= number_of(point, "gb"));
        cr_assert(number_of(point, "mb") >= number_of(point, "eb"));
        cr_assert(number_of(point, "mbk") >= number_of(point, "gbk"));
        cr_assert(number_of(point, "tb") >= number_of(point, "mb"));
    }
    qsort(lists, count, sizeof *lists, compare);
    for (size_t i = 1; i < count; i++)
        cr_assert_str_neq(lists[i - 1], lists[i]);
    for (size_t i = 0; i < count; i++)
        free(lists[i]);
    free(lists);
}

MTest(export_formats, dhat)
{
    for (const char *const *name = made_names; *name != NULL; name++) {
        struct made_profile *made = made_profile(*name);
        const struct acre_profile_figures *total = &made->profile.total;
        json_t *root = json_of("dhat", made), *points = json_object_get(root, "pps");

        dhat_is_sound(root);
        cr_assert_eq(number_of(root, "dhatFileVersion"), 2);
        cr_assert_eq(number_of(root, "pid"), 4711);
        cr_assert_eq(number_of(root, "tg"), made->profile.peak_ns / 1000);
        cr_assert(number_of(root, "te") >= number_of(root, "tg"));
        cr_assert_eq(sum_of(points, "tb"), total->bytes);
        cr_assert_eq(sum_of(points, "tbk"), total->blocks);
        cr_assert_eq(sum_of(points, "tl"), total->life_ns / 1000);
        cr_assert_eq(sum_of(points, "gb"), total->peak_bytes);
        cr_assert_eq(sum_of(points, "gbk"), total->peak_blocks);
        cr_assert_eq(sum_of(points, "eb"), total->live_bytes);
        cr_assert_eq(sum_of(points, "ebk"), total->live_blocks);
        json_decref(root);
        made_free(made);
    }
}

MTest(export_formats, dhat_frames)
{
    struct made_profile *made = made_profile("small");
    json_t *root = json_of("dhat", made);
    char *list =
        list_of(json_array_get(json_object_get(root, "pps"), 1), json_object_get(root, "ftbl"));

    cr_assert_str_eq(list, "0x1300: node_new (/src/graph.h:31)\n"
                           "0x1300: optimise (/src/opt.c:40)\n"
                           "0x1000: main (/src/app.c:10)\n");
    free(list);
    json_decref(root);
    made_free(made);
    made = made_profile("hostile");
    root = json_of("dhat", made);
    cr_assert_str_eq(json_string_value(json_object_get(root, "cmd")),
                     "app \"quoted\" ? #7 \xef\xbf\xbd \\");
    json_decref(root);
    made_free(made);
}

/* Root first, and the sums of all that can be summed. */
static void speedscope_is_sound(const json_t *root, const struct made_profile *made)
{
    const json_t *frames = json_object_get(json_object_get(root, "shared"), "frames");
    const json_t *profile;
    size_t index;

    json_array_foreach(json_object_get(root, "profiles"), index, profile)
    {
        const json_t *samples = json_object_get(profile, "samples"), *sample;
        const json_t *weights = json_object_get(profile, "weights");
        uint64_t sum = 0;
        size_t i, depth;

        cr_assert_eq(json_array_size(samples), json_array_size(weights));
        json_array_foreach(samples, i, sample)
        {
            const json_t *frame;

            sum += (uint64_t)json_integer_value(json_array_get(weights, i));
            json_array_foreach(sample, depth, frame) cr_assert(
                json_is_object(json_array_get(frames, (size_t)json_integer_value(frame))));
        }
        cr_assert_eq(sum, number_of(profile, "endValue"));
        cr_assert_eq(sum, total_of(made, (enum acre_export_metric)index));
        cr_assert_str_eq(json_string_value(json_object_get(profile, "unit")),
                         index == ACRE_EXPORT_CALLS ? "none" : "bytes");
    }
}

MTest(export_formats, speedscope)
{
    for (const char *const *name = made_names; *name != NULL; name++) {
        struct made_profile *made = made_profile(*name);
        json_t *root = json_of("speedscope", made);

        cr_assert_eq(json_array_size(json_object_get(root, "profiles")), ACRE_EXPORT_METRICS);
        speedscope_is_sound(root, made);
        json_decref(root);
        made->profile.state = ACRE_TRACE_INCOMPLETE; /* nothing is said of leaks */
        root = json_of("speedscope", made);
        cr_assert_eq(json_array_size(json_object_get(root, "profiles")), ACRE_EXPORT_LEAKED);
        speedscope_is_sound(root, made);
        json_decref(root);
        made_free(made);
    }
}

MTest(export_formats, speedscope_frames)
{
    struct made_profile *made = made_profile("small");
    json_t *root = json_of("speedscope", made);
    const json_t *frames = json_object_get(json_object_get(root, "shared"), "frames");
    const json_t *samples =
        json_object_get(json_array_get(json_object_get(root, "profiles"), 0), "samples");
    const json_t *first = json_array_get(frames, 0);

    cr_assert_str_eq(json_string_value(json_object_get(first, "name")), "main");
    cr_assert_str_eq(json_string_value(json_object_get(first, "file")), "/src/app.c");
    cr_assert_eq(json_array_size(json_array_get(samples, 2)), 4);
    cr_assert_eq(json_integer_value(json_array_get(json_array_get(samples, 2), 0)), 0);
    /* node_new of one file is one function, from wherever it is called. */
    cr_assert_eq(json_array_size(frames), 5);
    json_decref(root);
    made_free(made);
}

/* Massif ----------------------------------------------------------------------------------------
 */

struct massif {
    const char *at;
    unsigned snapshots, peaks, lines;
    uint64_t peak_bytes, extra_bytes, last_bytes;
};

/* The rest of a line that begins so, which is passed. */
static const char *expect_line(struct massif *massif, const char *begin)
{
    const char *rest = massif->at + strlen(begin), *end;

    cr_assert_eq(strncmp(massif->at, begin, strlen(begin)), 0, "%s: %.60s", begin, massif->at);
    end = strchr(rest, '\n');
    cr_assert_not_null(end);
    cr_assert(*begin == '#' || memchr(rest, '#', (size_t)(end - rest)) == NULL);
    massif->at = end + 1;
    return rest;
}

/* As many lines as each says, and no child has more than is left. */
static uint64_t expect_tree(struct massif *massif, uint64_t most, unsigned depth)
{
    unsigned children, indent = 0;
    uint64_t bytes, left;

    for (; massif->at[indent] == ' '; indent++)
        ;
    cr_assert_eq(indent, depth);
    cr_assert_eq(sscanf(massif->at + indent, "n%u: %" SCNu64 " ", &children, &bytes), 2, "%.60s",
                 massif->at);
    cr_assert(bytes <= most, "%" PRIu64 " of %" PRIu64, bytes, most);
    expect_line(massif, "");
    massif->lines++;
    left = bytes;
    for (unsigned i = 0; i < children; i++)
        left -= expect_tree(massif, left, depth + 1);
    return bytes;
}

static struct massif read_massif(const char *text)
{
    struct massif massif = {.at = text};
    double time = -1;

    expect_line(&massif, "desc: ");
    expect_line(&massif, "cmd: ");
    expect_line(&massif, "time_unit: ms");
    while (*massif.at != '\0') {
        const char *tree;
        double now;

        expect_line(&massif, "#-----------");
        cr_assert_eq(strtoul(expect_line(&massif, "snapshot="), NULL, 10), massif.snapshots++);
        expect_line(&massif, "#-----------");
        now = strtod(expect_line(&massif, "time="), NULL);
        cr_assert(now > time);
        time = now;
        massif.last_bytes = strtoull(expect_line(&massif, "mem_heap_B="), NULL, 10);
        massif.extra_bytes = strtoull(expect_line(&massif, "mem_heap_extra_B="), NULL, 10);
        expect_line(&massif, "mem_stacks_B=0");
        tree = expect_line(&massif, "heap_tree=");
        if (strncmp(tree, "empty\n", 6) == 0)
            continue;
        cr_assert_eq(strncmp(tree, "peak\n", 5), 0);
        massif.peaks++;
        massif.peak_bytes = massif.last_bytes;
        cr_assert_eq(expect_tree(&massif, massif.peak_bytes, 0), massif.peak_bytes);
    }
    return massif;
}

MTest(export_formats, massif)
{
    for (const char *const *name = made_names; *name != NULL; name++) {
        struct made_profile *made = made_profile(*name);
        const struct acre_profile_figures *total = &made->profile.total;
        size_t bytes;
        char *text = text_of("massif", made, ACRE_EXPORT_PEAK, &bytes);
        struct massif massif = read_massif(text);

        cr_assert_eq(strlen(text), bytes);
        cr_assert(massif.snapshots >= 1 && massif.snapshots <= 100, "%u", massif.snapshots);
        cr_assert_eq(massif.peaks, made->profile.point_count > 0);
        cr_assert_eq(massif.peak_bytes, total->peak_bytes);
        cr_assert_eq(massif.last_bytes, total->live_bytes);
        cr_assert_eq(massif.extra_bytes, 8 * total->live_blocks);
        free(text);
        made_free(made);
    }
}

MTest(export_formats, massif_tree)
{
    struct made_profile *made = made_profile("small");
    size_t bytes;
    char *text = text_of("massif", made, ACRE_EXPORT_PEAK, &bytes);

    cr_assert_not_null(
        strstr(text,
               "\nn3: 3047384 (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n"
               " n1: 3000000 0x8a1b2: libc.so.6+0x8a1b2\n"
               "  n1: 3000000 0x1300: node_new (/src/graph.h:31)\n"
               "   n1: 3000000 0x1300: optimise (/src/opt.c:40)\n"
               "    n0: 3000000 0x1000: main (/src/app.c:10)\n"
               " n1: 40960 0x1300: node_new (/src/graph.h:31)\n"),
        "%s", text);
    cr_assert_not_null(
        strstr(text, " n0: 6424 in 2 places, all below massif's threshold (1.00%)\n"));
    free(text);
    made_free(made);
}

/* pprof -----------------------------------------------------------------------------------------
 */

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
        char *text = text_of("pprof", made, ACRE_EXPORT_PEAK, &bytes);
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

/* SQLite ----------------------------------------------------------------------------------------
 */

static sqlite3 *open_base(const struct made_profile *made)
{
    size_t bytes;
    char *text = text_of("sqlite", made, ACRE_EXPORT_PEAK, &bytes);
    unsigned char *copy = sqlite3_malloc64(bytes);
    sqlite3 *base;

    cr_assert_not_null(copy);
    memcpy(copy, text, bytes);
    free(text);
    cr_assert_eq(sqlite3_open(":memory:", &base), SQLITE_OK);
    cr_assert_eq(sqlite3_deserialize(base, "main", copy, (sqlite3_int64)bytes, (sqlite3_int64)bytes,
                                     SQLITE_DESERIALIZE_FREEONCLOSE),
                 SQLITE_OK);
    return base;
}

static void asks(sqlite3 *base, const char *sql, const char *answer)
{
    sqlite3_stmt *statement;
    const char *text;

    cr_assert_eq(sqlite3_prepare_v2(base, sql, -1, &statement, NULL), SQLITE_OK, "%s: %s", sql,
                 sqlite3_errmsg(base));
    cr_assert_eq(sqlite3_step(statement), SQLITE_ROW, "%s", sql);
    text = (const char *)sqlite3_column_text(statement, 0);
    cr_assert_str_eq(text != NULL ? text : "NULL", answer, "%s", sql);
    sqlite3_finalize(statement);
}

static void asks_number(sqlite3 *base, const char *sql, uint64_t answer)
{
    char number[24];

    snprintf(number, sizeof number, "%" PRIu64, answer);
    asks(base, sql, number);
}

MTest(export_formats, sqlite)
{
    for (const char *const *name = made_names; *name != NULL; name++) {
        struct made_profile *made = made_profile(*name);
        const struct acre_profile *profile = &made->profile;
        sqlite3 *base = open_base(made);

        asks(base, "PRAGMA integrity_check", "ok");
        asks_number(base, "SELECT coalesce(sum(bytes), 0) FROM site", profile->total.bytes);
        asks_number(base, "SELECT coalesce(sum(peak_bytes), 0) FROM site",
                    profile->total.peak_bytes);
        asks_number(base, "SELECT coalesce(sum(life_ns), 0) FROM site", profile->total.life_ns);
        asks_number(base, "SELECT count(*) FROM site", profile->site_count);
        asks_number(base, "SELECT count(*) FROM point", profile->point_count);
        asks_number(base, "SELECT count(*) FROM module", profile->modules.count);
        asks_number(base, "SELECT coalesce(sum(blocks), 0) FROM size_life", profile->total.freed);
        asks_number(base, "SELECT coalesce(sum(blocks), 0) FROM thread", profile->total.blocks);
        asks(base, "SELECT pid FROM process", "4711");
        asks_number(base, "SELECT count(*) FROM pragma_foreign_key_check", 0);
        sqlite3_close(base);
        made_free(made);
    }
}

MTest(export_formats, sqlite_stacks)
{
    struct made_profile *made = made_profile("small");
    sqlite3 *base = open_base(made);

    asks(base,
         "SELECT group_concat(name, ';') FROM (SELECT function AS name FROM site_stack"
         " WHERE site = 3 ORDER BY depth)",
         "libc.so.6+0x8a1b2;node_new;optimise;main");
    asks(base, "SELECT file || ':' || line FROM site_stack WHERE site = 2 AND depth = 0",
         "/src/graph.h:31");
    asks(base, "SELECT count(*) FROM function", "5");
    asks(base, "SELECT count(*) FROM frame", "6"); /* the death's has no row, the inlined one has */
    asks(base, "SELECT is_inlined FROM frame JOIN site ON frame.id = frame WHERE site.id = 2", "1");
    asks(base, "SELECT build_id FROM module WHERE id = 2", "beef01");
    sqlite3_close(base);
    made_free(made);
    made = made_profile("stackless");
    base = open_base(made);
    asks(base, "SELECT frame FROM site", "NULL");
    sqlite3_close(base);
    made_free(made);
    made = made_profile("deep");
    base = open_base(made);
    asks(base, "SELECT max(depth) FROM site_stack", "2999");
    sqlite3_close(base);
    made_free(made);
}
