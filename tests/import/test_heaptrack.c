/* Recordings of heaptrack's, as text: what becomes of each kind of line; and any bytes are legal.
 */
#include "support/memory_file.h"
#include "support/mtest.h"
#include "support/stride.h"

#include <inttypes.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "alloc/backends.h"
#include "import/heaptrack.h"
#include "profile/profile.h"

static const char small[] = "v 10400 3\n"
                            "x c /usr/bin/app\n"
                            "X ./app --fast\nt 7\n\n"
                            "I 1000 5e580f\n"
                            "m 1 -\n"
                            "m 1 x 555500000000 0 758 1000 2e9\n"
                            "m 8 /l/lib.c 7f0000000000 0 1000 2000 500\n"
                            "t 5555000010c0 0\n"
                            "t 5555000012e8 1\n"
                            "t 7f0000002100 2\n"
                            "t 1234 2\n"
                            "+ 64 3 5000\n"
                            "+ 10 2 6000\n"
                            "c a\n"
                            "- 5000\n"
                            "+ c8 3 5000\n"
                            "c 14\n"
                            "+ 1 4 7000\n"
                            "- 6000\n"
                            "- dead\n"
                            "- 7000\n"
                            "c 1e\n"
                            "R 3b1\n";

struct imported {
    struct acre_alloc *memory;
    struct memory_file from, to;
    struct acre_import import;
    enum acre_exit status;
    char error[256];
};

static struct imported begin_import(void)
{
    return (struct imported){
        .memory = acre_malloc_new(), .from = memory_file(), .to = memory_file()};
}

static void end_import(struct imported *imported)
{
    close(imported->from.descriptor);
    close(imported->to.descriptor);
    acre_destroy(imported->memory);
}

/* A failure has one line, which names the file. */
static void import_bytes(struct imported *imported, const void *bytes, size_t count)
{
    put_bytes(&imported->from, bytes, count);
    cr_assert_eq(ftruncate(imported->to.descriptor, 0), 0);
    imported->error[0] = '\0';
    imported->status = acre_import_heaptrack(&imported->import, imported->from.path,
                                             imported->to.path, imported->memory, "acre test",
                                             imported->error, sizeof imported->error);
    cr_assert_eq(imported->status == ACRE_EXIT_OK, imported->error[0] == '\0', "%s",
                 imported->error);
    for (const char *at = imported->error; *at != '\0'; at++)
        cr_assert((unsigned char)*at >= 32 && *at != 127, "%s", imported->error);
}

/* The trace that was made, which is never a damaged one: how it ends. */
static enum acre_trace_state read_made(const struct imported *imported,
                                       struct acre_profile *profile,
                                       struct acre_trace_reader *reader)
{
    cr_assert(imported->import.is_made);
    cr_assert_eq(acre_trace_reader_open(reader, imported->memory, imported->to.path, 0),
                 ACRE_TRACE_READING, "%s", reader->input.sentence);
    cr_assert(acre_profile_read(profile, imported->memory, reader, NULL, NULL));
    cr_assert(profile->state == ACRE_TRACE_COMPLETE || profile->state == ACRE_TRACE_INCOMPLETE,
              "%s", profile->sentence);
    return profile->state;
}

static void end_reading(struct acre_profile *profile, struct acre_trace_reader *reader)
{
    acre_profile_fini(profile);
    acre_trace_reader_close(reader);
}

/* A sound one -----------------------------------------------------------------------------------
 */

static void header_is_right(const struct acre_trace_reader *reader)
{
    cr_assert_str_eq(acre_trace_field(reader, "producer"), "acre test");
    cr_assert_str_eq(acre_trace_field(reader, "command"), "./app --fast t 7");
    cr_assert_str_eq(acre_trace_field(reader, "executable"), "/usr/bin/app");
    cr_assert_str_eq(acre_trace_field(reader, "clock"), "heaptrack, in steps of 10 ms");
    cr_assert_str_eq(acre_trace_field(reader, "pid"), ""); /* not that of who imports */
    cr_assert_str_eq(acre_trace_field(reader, "started"), "");
}

static void modules_are_right(const struct acre_profile *profile)
{
    const struct acre_trace_module *app, *library;

    cr_assert_eq(profile->modules.count, 2);
    app = acre_trace_module_of(&profile->modules, 1);
    library = acre_trace_module_of(&profile->modules, 2);
    cr_assert_str_eq(app->path, "/usr/bin/app");
    cr_assert_eq(app->load_bias, 0x555500000000);
    cr_assert_eq(app->first_address, 0x555500000000);
    cr_assert_eq(app->bytes, 0x12e9);
    cr_assert_str_eq(library->path, "/l/lib.c");
    cr_assert_eq(library->bytes, 0x2500);
}

static void frame_is(const struct acre_profile *profile, uint32_t number, uint32_t parent,
                     uint32_t module, uint64_t offset)
{
    const struct acre_trace_frame *frame = acre_trace_frame_of(&profile->frames, number);

    cr_assert(frame->parent == parent && frame->module == module && frame->offset == offset,
              "frame %" PRIu32, number);
}

MTest(import_heaptrack, small)
{
    struct imported imported = begin_import();
    struct acre_profile profile;
    struct acre_trace_reader reader;

    import_bytes(&imported, small, strlen(small));
    cr_assert_eq(imported.status, ACRE_EXIT_OK, "%s", imported.error);
    cr_assert_eq(imported.import.births, 4);
    cr_assert_eq(imported.import.deaths, 4);
    cr_assert_eq(read_made(&imported, &profile, &reader), ACRE_TRACE_COMPLETE, "%s",
                 profile.sentence);
    header_is_right(&reader);
    modules_are_right(&profile);
    cr_assert_eq(profile.frames.count, 4);
    frame_is(&profile, 1, 0, 1, 0x10c0);
    frame_is(&profile, 2, 1, 1, 0x12e8); /* the last byte of its segment */
    frame_is(&profile, 3, 2, 2, 0x2100);
    frame_is(&profile, 4, 2, 0, 0x1234); /* in no module */
    cr_assert_eq(profile.total.blocks, 4);
    cr_assert_eq(profile.total.bytes, 0x64 + 0x10 + 0xc8 + 1);
    cr_assert_eq(profile.total.peak_bytes, 0x10 + 0xc8 + 1);
    cr_assert_eq(profile.total.live_blocks, 1);
    cr_assert_eq(profile.total.live_bytes, 0xc8);
    cr_assert_eq(profile.unknown, 1);
    cr_assert_eq(profile.site_count, 3);
    cr_assert_eq(profile.sites[0].stack, 3);
    cr_assert_eq(profile.sites[0].figures.blocks, 2);
    cr_assert_eq(profile.last_ns, 30000000);
    cr_assert_eq(profile.peak_ns + profile.first_ns, 20000000);
    end_reading(&profile, &reader);
    end_import(&imported);
}

/* A library is loaded, and everything is told again; what lies at its place later is another. */
MTest(import_heaptrack, modules_come_and_go)
{
    static const char text[] = "v 10400 3\nx 2 /a\nm 1 -\nm 1 x 1000 0 100\nt 1010 0\n"
                               "m 1 -\nm 1 x 1000 0 100\nm 2 /b 2000 0 100\nt 2010 0\nt 1020 0\n"
                               "m 1 -\nm 1 x 1000 0 100\nm 2 /c 2000 0 100\nt 2010 0\nt 2100 0\n"
                               "m 1 -\nm 1 x 1000 0 100\nt 2010 0\n"
                               "+ 1 1 10\nc 0\nR 1\n";
    struct imported imported = begin_import();
    struct acre_profile profile;
    struct acre_trace_reader reader;

    import_bytes(&imported, text, strlen(text));
    cr_assert_eq(imported.status, ACRE_EXIT_OK, "%s", imported.error);
    read_made(&imported, &profile, &reader);
    cr_assert_eq(profile.modules.count, 3);
    frame_is(&profile, 1, 0, 1, 0x10);
    frame_is(&profile, 2, 0, 2, 0x10);
    frame_is(&profile, 3, 0, 1, 0x20);
    frame_is(&profile, 4, 0, 3, 0x10);
    frame_is(&profile, 5, 0, 0, 0x2100); /* behind its end */
    frame_is(&profile, 6, 0, 0, 0x2010); /* nothing lies there any more */
    cr_assert_str_eq(acre_trace_module_of(&profile.modules, 3)->path, "/c");
    end_reading(&profile, &reader);
    end_import(&imported);
}

/* Packed ----------------------------------------------------------------------------------------
 */

static size_t pack_gzip(const void *bytes, size_t count, void *packed, size_t room)
{
    z_stream zlib = {
        .next_in = (unsigned char *)(uintptr_t)bytes,
        .avail_in = (unsigned)count,
        .next_out = packed,
        .avail_out = (unsigned)room,
    };

    cr_assert_eq(deflateInit2(&zlib, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    cr_assert_eq(deflate(&zlib, Z_FINISH), Z_STREAM_END);
    deflateEnd(&zlib);
    return room - zlib.avail_out;
}

static void imports_small(struct imported *imported, const void *bytes, size_t count)
{
    import_bytes(imported, bytes, count);
    cr_assert_eq(imported->status, ACRE_EXIT_OK, "%s", imported->error);
    cr_assert_eq(imported->import.births, 4);
    cr_assert_eq(imported->import.deaths, 4);
}

/* In one piece and in two; cut anywhere it is incomplete, or nothing at all. */
MTest(import_heaptrack, packed, .timeout = 120)
{
    struct imported imported = begin_import();
    unsigned char packed[4096];
    size_t half = strlen(small) / 2, bytes = strlen(small), gzip, zstd;

    gzip = pack_gzip(small, half, packed, sizeof packed);
    gzip += pack_gzip(small + half, bytes - half, packed + gzip, sizeof packed - gzip);
    imports_small(&imported, packed, gzip);
    for (size_t cut = 1; cut < gzip; cut += test_stride(40)) {
        import_bytes(&imported, packed, cut);
        cr_assert(imported.status == ACRE_EXIT_NO || imported.status == ACRE_EXIT_INPUT, "%zu",
                  cut);
    }
    zstd = ZSTD_compress(packed, sizeof packed, small, half, 1);
    zstd += ZSTD_compress(packed + zstd, sizeof packed - zstd, small + half, bytes - half, 1);
    imports_small(&imported, packed, zstd);
    for (size_t cut = 1; cut < zstd; cut += test_stride(40)) {
        import_bytes(&imported, packed, cut);
        cr_assert(imported.status == ACRE_EXIT_NO || imported.status == ACRE_EXIT_INPUT, "%zu",
                  cut);
    }
    packed[zstd / 2] ^= 0x55;
    import_bytes(&imported, packed, zstd);
    cr_assert_eq(imported.status, ACRE_EXIT_INPUT);
    end_import(&imported);
}

/* A large one: more than a buffer of packed and of unpacked bytes. */
MTest(import_heaptrack, large)
{
    enum { BIRTHS = 60000 };
    struct imported imported = begin_import();
    char *text = malloc(BIRTHS * 32), *at = text;
    size_t bytes, packed_bytes;
    void *packed;
    uint64_t random = 1;

    at += sprintf(at, "v 10400 3\n");
    for (unsigned i = 0; i < BIRTHS; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        at += sprintf(at, "+ %x 0 %" PRIx64 "\n", (unsigned)(random >> 60), random);
    }
    at += sprintf(at, "c 0\nR 1\n");
    bytes = (size_t)(at - text);
    packed = malloc(ZSTD_compressBound(bytes));
    packed_bytes = ZSTD_compress(packed, ZSTD_compressBound(bytes), text, bytes, 1);
    cr_assert(packed_bytes > 256 * 1024);
    import_bytes(&imported, packed, packed_bytes);
    cr_assert_eq(imported.status, ACRE_EXIT_OK, "%s", imported.error);
    cr_assert_eq(imported.import.births, BIRTHS);
    packed_bytes = pack_gzip(text, bytes, packed, ZSTD_compressBound(bytes));
    import_bytes(&imported, packed, packed_bytes);
    cr_assert_eq(imported.import.births, BIRTHS);
    import_bytes(&imported, text, bytes);
    cr_assert_eq(imported.import.births, BIRTHS);
    free(packed);
    free(text);
    end_import(&imported);
}

/* Any bytes -------------------------------------------------------------------------------------
 */

/* What is whole before the cut is there, and nothing is said of leaks. */
MTest(import_heaptrack, cut_at_every_byte, .timeout = 120)
{
    struct imported imported = begin_import();

    for (size_t cut = 0; cut < strlen(small); cut += test_stride(13)) {
        struct acre_profile profile;
        struct acre_trace_reader reader;
        bool is_line = cut > 0 && small[cut - 1] == '\n';

        import_bytes(&imported, small, cut);
        cr_assert_eq(imported.status,
                     cut < 10  ? ACRE_EXIT_INPUT
                     : is_line ? ACRE_EXIT_OK
                               : ACRE_EXIT_NO,
                     "%zu: %s", cut, imported.error);
        if (!imported.import.is_made)
            continue;
        cr_assert_eq(read_made(&imported, &profile, &reader), ACRE_TRACE_INCOMPLETE);
        end_reading(&profile, &reader);
    }
    end_import(&imported);
}

static const struct {
    const char *line, *why;
} wrong[] = {
    {"m 1 - \x7f", NULL}, /* of what follows "-" nothing is looked at */
    {"m 5 /a 0 0 1", "line 6: not what heaptrack writes"},
    {"m 2 /a", "not what"},
    {"m 2 /a 1 2", "not what"},
    {"m 2 /a ffffffffffffffff 1 1", "not what"},
    {"m 2 /a 1 ffffffffffffffff 1", "not what"},
    {"m 2 /a 1 1 ffffffffffffffff", "not what"},
    {"m ffffffffffffffff /a 1 1 1", "not what"},
    {"m 2 /a 1 1 1 ", "not what"},
    {"t 1", "not what"},
    {"t 1 1", "not what"}, /* a caller that was not told */
    {"t 1 0 0", "not what"},
    {"t 10000000000000000 0", "not what"},
    {"t 1 -1", "not what"},
    {"t 0x1 0", "not what"},
    {"+ 1 1 1", "not what"}, /* a stack that was not told */
    {"+ 1 0", "not what"},
    {"+ 1 0 1 1", "not what"},
    {"+ ffffffffffffffff 0 1", "more bytes than memory can have"},
    {"+ 7fffffffffffffff 0 1", "more bytes than memory can have"},
    {"+ 4000000000000000 0 1\n+ 4000000000000000 0 2", "line 7: more bytes than memory can have"},
    {"-", "not what"},
    {"- ", "not what"},
    {"- 1 ", "not what"},
    {"-1", "not what"},
    {"c", "not what"},
    {"c ffffffffffffffff", "not what"},
    {"s 3 abc", "interpreted already: acre reads what 'heaptrack --raw' writes"},
    {"i 1 2", "interpreted already"},
    {"a 10 2", "interpreted already"},
    {"?", "not what"},
    {" ", "not what"},
    {"\xff\xfe", "not what"},
    {"x ffff /a", "not what"},
    {"x 2", "not what"},
    {"# a comment", NULL},
    {"A", NULL},
    {"S libc.so.6", NULL},
    {"", NULL},
};

MTest(import_heaptrack, wrong_lines)
{
    struct imported imported = begin_import();

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[512];

        snprintf(text, sizeof text,
                 "v 10400 3\nx 2 /a\nX a\nI 1 1\n+ 8 0 1\n%s\n+ 8 0 3\nc 0\nR 1\n", wrong[i].line);
        import_bytes(&imported, text, strlen(text));
        cr_assert_eq(imported.status, wrong[i].why != NULL ? ACRE_EXIT_INPUT : ACRE_EXIT_OK,
                     "%s: %s", wrong[i].line, imported.error);
        cr_assert(wrong[i].why == NULL || strstr(imported.error, wrong[i].why) != NULL, "%s: %s",
                  wrong[i].line, imported.error);
        cr_assert(imported.import.births >= 1); /* what stands before is there */
    }
    end_import(&imported);
}

static void begins_wrong(struct imported *imported, const void *bytes, size_t count,
                         const char *why)
{
    import_bytes(imported, bytes, count);
    cr_assert_eq(imported->status, ACRE_EXIT_INPUT);
    cr_assert(!imported->import.is_made);
    cr_assert_not_null(strstr(imported->error, why), "%s", imported->error);
}

MTest(import_heaptrack, no_recording)
{
    struct imported imported = begin_import();
    char *long_line = calloc(1, 1 << 20);

    begins_wrong(&imported, "", 0, "not a recording of heaptrack's: the file ends first");
    begins_wrong(&imported, "hello\n", 6, "line 1: not a recording of heaptrack's");
    begins_wrong(&imported,
                 "\x89"
                 "acre\r\n",
                 7, "line 1: not a recording of heaptrack's");
    begins_wrong(&imported, "v 10400 2\n", 10,
                 "a version of heaptrack's format that acre does not know");
    begins_wrong(&imported, "v\n", 2, "line 1: not a recording of heaptrack's");
    begins_wrong(&imported, long_line, 1 << 20, "not a recording of heaptrack's");
    /* A command of any length is cut off; another line is none. */
    memset(long_line, 'y', (1 << 20) - 1);
    memcpy(long_line, "v 10400 3\nX ", 12);
    memcpy(long_line + 700000, "\nI 1 1\nc 0\nR 1\n", 15);
    import_bytes(&imported, long_line, 700015);
    cr_assert_eq(imported.status, ACRE_EXIT_OK, "%s", imported.error);
    memcpy(long_line, "v 10400 3\n# ", 12);
    import_bytes(&imported, long_line, 700015);
    cr_assert_eq(imported.status, ACRE_EXIT_INPUT);
    free(long_line);
    end_import(&imported);
}

MTest(import_heaptrack, files)
{
    struct imported imported = begin_import();
    struct acre_import import;
    char error[256];

    cr_assert_eq(acre_import_heaptrack(&import, "/none", imported.to.path, imported.memory, "acre",
                                       error, sizeof error),
                 ACRE_EXIT_IO);
    cr_assert_str_eq(error, "cannot read /none: No such file or directory");
    put_bytes(&imported.from, small, strlen(small));
    cr_assert_eq(acre_import_heaptrack(&import, imported.from.path, "/none/a.acre", imported.memory,
                                       "acre", error, sizeof error),
                 ACRE_EXIT_IO);
    cr_assert_str_eq(error, "cannot write /none/a.acre: No such file or directory");
    cr_assert_eq(acre_import_heaptrack(&import, imported.from.path, "/dev/full", imported.memory,
                                       "acre", error, sizeof error),
                 ACRE_EXIT_IO);
    cr_assert_eq(strncmp(error, "cannot write /dev/full: No space left on device", 47), 0, "%s",
                 error);
    end_import(&imported);
}

/* Memory ----------------------------------------------------------------------------------------
 */

static uint64_t import_with_a_fault(struct imported *imported, const void *bytes, size_t count,
                                    uint64_t fail_at)
{
    struct acre_fault_plan plan = {.fail_at = fail_at};
    struct acre_alloc *memory = imported->memory;

    imported->memory = acre_fault_new(memory, &plan);
    import_bytes(imported, bytes, count);
    cr_assert_eq(imported->status,
                 plan.failures == 0         ? ACRE_EXIT_OK
                 : imported->import.is_made ? ACRE_EXIT_MEMORY
                 : imported->status == ACRE_EXIT_IO
                     ? ACRE_EXIT_IO /* the trace could not be begun */
                     : ACRE_EXIT_MEMORY,
                 "%" PRIu64 ": %s", fail_at, imported->error);
    cr_assert_eq(plan.live_bytes, 0);
    acre_destroy(imported->memory);
    imported->memory = memory;
    return plan.calls;
}

MTest(import_heaptrack, every_allocation_may_fail)
{
    struct imported imported = begin_import();
    unsigned char packed[4096];
    size_t zstd = ZSTD_compress(packed, sizeof packed, small, strlen(small), 1);
    uint64_t calls = import_with_a_fault(&imported, packed, zstd, 0);

    cr_assert(calls > 8);
    for (uint64_t k = 1; k <= calls; k++)
        import_with_a_fault(&imported, packed, zstd, k);
    zstd = pack_gzip(small, strlen(small), packed, sizeof packed);
    calls = import_with_a_fault(&imported, packed, zstd, 0);
    for (uint64_t k = 1; k <= calls; k++)
        import_with_a_fault(&imported, packed, zstd, k);
    end_import(&imported);
}
