#include "export/profiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "alloc/grow.h"

/* Names -----------------------------------------------------------------------------------------
 */

struct named {
    struct acre_frame *calls; /* innermost first */
    uint32_t count;
};

struct acre_names {
    struct named *frames;
    size_t count, capacity;
};

bool acre_names_of(struct acre_names *names, uint32_t frame, struct acre_frames *found)
{
    *found = (struct acre_frames){names->frames[frame - 1].calls, names->frames[frame - 1].count};
    return true;
}

bool acre_names_module(struct acre_names *names, uint32_t module, enum acre_symbols_state *state)
{
    (void)names;
    *state = module == 1 ? ACRE_SYMBOLS_LINES : ACRE_SYMBOLS_NAMES;
    return true;
}

/* Building --------------------------------------------------------------------------------------
 */

static void need(bool is_there)
{
    if (!is_there)
        abort();
}

struct made_profile *made_new(void)
{
    struct made_profile *made = calloc(1, sizeof *made);

    need(made != NULL);
    made->memory = acre_malloc_new();
    need(made->memory != NULL);
    made->profile.memory = made->memory;
    made->profile.state = ACRE_TRACE_COMPLETE;
    acre_trace_frames_init(&made->profile.frames, made->memory);
    acre_trace_modules_init(&made->profile.modules, made->memory);
    made->names = calloc(1, sizeof *made->names);
    need(made->names != NULL);
    made->exported = (struct acre_exported){
        .memory = made->memory,
        .profile = &made->profile,
        .names = made->names,
        .command = "app --fast",
        .pid = 4711,
    };
    return made;
}

void made_free(struct made_profile *made)
{
    struct acre_profile *profile = &made->profile;

    for (size_t i = 0; i < made->names->count; i++)
        free(made->names->frames[i].calls);
    acre_free_elements(made->memory, made->names->frames, made->names->capacity,
                       sizeof *made->names->frames);
    free(made->names);
    acre_trace_frames_fini(&profile->frames);
    acre_trace_modules_fini(&profile->modules);
    acre_free_elements(made->memory, profile->sites, profile->site_capacity,
                       sizeof *profile->sites);
    free(profile->points);
    free(profile->threads);
    acre_destroy(made->memory);
    free(made);
}

uint32_t made_module(struct made_profile *made, const char *path, const char *build_id)
{
    const struct acre_trace_module module = {
        .path = path,
        .path_bytes = strlen(path),
        .build_id = (const unsigned char *)build_id,
        .build_id_bytes = strlen(build_id),
        .load_bias = 0x555500000000,
        .first_address = 0x555500001000,
        .bytes = 0x2000,
    };

    need(acre_trace_modules_add(&made->profile.modules, &module));
    return made->profile.modules.count;
}

uint32_t made_frame(struct made_profile *made, uint32_t parent, uint32_t module, uint64_t offset,
                    const char *function, const char *file, uint32_t line)
{
    const struct acre_trace_frame frame = {parent, module, offset};
    struct acre_names *names = made->names;

    need(acre_trace_frames_add(&made->profile.frames, &frame));
    need(acre_grow(made->memory, &names->frames, names->count, &names->capacity,
                   sizeof *names->frames));
    names->frames[names->count++] = (struct named){0};
    made_inlined(made, made->profile.frames.count, function, file, line);
    return made->profile.frames.count;
}

void made_inlined(struct made_profile *made, uint32_t frame, const char *function, const char *file,
                  uint32_t line)
{
    struct named *named = &made->names->frames[frame - 1];

    named->calls = realloc(named->calls, (named->count + 1) * sizeof *named->calls);
    need(named->calls != NULL);
    memmove(named->calls + 1, named->calls, named->count * sizeof *named->calls);
    named->calls[0] = (struct acre_frame){function, file, line, named->count > 0};
    named->count++;
}

void made_site(struct made_profile *made, uint32_t stack, uint64_t number, uint64_t bytes)
{
    struct acre_profile *profile = &made->profile;
    const struct acre_profile_site site = {
        stack,
        {
            .blocks = number,
            .bytes = number * bytes,
            .resizes = number / 4,
            .freed = number - number / 2,
            .live_blocks = number / 2,
            .live_bytes = number / 2 * bytes,
            .most_blocks = number,
            .most_bytes = number * bytes,
            .peak_blocks = number,
            .peak_bytes = number * bytes,
            .short_blocks = number / 3,
            .short_bytes = number / 3 * bytes,
            .life_ns = number * 5000000,
            .waste_bytes = number * 8,
            .peak_waste_bytes = number * 8,
            .inherited = number / 8,
        },
    };

    need(acre_grow(made->memory, &profile->sites, profile->site_count, &profile->site_capacity,
                   sizeof site));
    profile->sites[profile->site_count++] = site;
    acre_profile_add(&profile->total, &site.figures);
}

static void put_points(struct acre_profile *profile, size_t count)
{
    const struct acre_profile_figures *total = &profile->total;
    size_t peak = count * 2 / 3;

    profile->points = calloc(count, sizeof *profile->points);
    need(profile->points != NULL);
    profile->point_count = count;
    for (size_t i = 0; i < count; i++) {
        struct acre_profile_point *point = &profile->points[i];

        point->time_ns = 1500000 * i;
        point->live_bytes = i < peak    ? total->peak_bytes / (peak - i + 1)
                            : i == peak ? total->peak_bytes
                                        : total->live_bytes;
        point->live_blocks = i == peak ? total->peak_blocks : total->live_blocks;
        point->usable_bytes = point->live_bytes + 8 * point->live_blocks;
        point->allocated_bytes = total->bytes * i / count;
    }
    profile->points[count - 1].allocated_bytes = total->bytes;
    profile->first_ns = 1000000000;
    profile->last_ns = profile->first_ns + profile->points[count - 1].time_ns;
    profile->peak_ns = profile->points[peak].time_ns;
}

void made_finish(struct made_profile *made)
{
    struct acre_profile *profile = &made->profile;

    profile->total.most_bytes = profile->total.peak_bytes;
    profile->calls = profile->events = 2 * profile->total.blocks;
    put_points(profile, 250);
    profile->threads = calloc(1, sizeof *profile->threads);
    need(profile->threads != NULL);
    profile->thread_count = 1;
    profile->threads[0] = (struct acre_profile_thread){4711, profile->events, profile->total.blocks,
                                                       profile->total.bytes};
    profile->sizes[5] = profile->total.blocks;
    profile->lives[5][23] = profile->total.freed;
}

/* What there is ---------------------------------------------------------------------------------
 */

static struct made_profile *make_empty(void)
{
    return made_new();
}

/* Two ways to one function, one of them inlined; a death's frame that nobody has to name. */
static struct made_profile *make_small(void)
{
    struct made_profile *made = made_new();
    uint32_t app = made_module(made, "/usr/bin/app", "\xca\xfe");
    uint32_t libc = made_module(made, "/lib/libc.so.6", "\xbe\xef\x01");
    uint32_t main_frame = made_frame(made, 0, app, 0x1000, "main", "/src/app.c", 10);
    uint32_t parse = made_frame(made, main_frame, app, 0x1100, "parse", "/src/parse.c", 20);
    uint32_t node = made_frame(made, parse, app, 0x1200, "node_new", "/src/graph.h", 30);
    uint32_t direct = made_frame(made, main_frame, app, 0x1300, "optimise", "/src/opt.c", 40);
    uint32_t library = made_frame(made, direct, libc, 0x8a1b2, "libc.so.6+0x8a1b2", NULL, 0);

    made_inlined(made, direct, "node_new", "/src/graph.h", 31);
    made_frame(made, parse, app, 0x1400, "node_free", "/src/graph.h", 50);
    made_site(made, node, 100, 64);
    made_site(made, direct, 10, 4096);
    made_site(made, library, 3, 1000000);
    made_site(made, parse, 1, 24);
    made_finish(made);
    return made;
}

static struct made_profile *make_stackless(void)
{
    struct made_profile *made = made_new();

    made_site(made, 0, 7, 32);
    made_finish(made);
    return made;
}

/* Stacks of other addresses that have the same words, in two ways. */
static struct made_profile *make_twins(void)
{
    struct made_profile *made = made_new();
    uint32_t first = made_module(made, "/a/libx.so", "");
    uint32_t second = made_module(made, "/b/libx.so", "");
    uint32_t main_frame = made_frame(made, 0, 0, 0x10, "main", "m.c", 1);
    uint32_t one = made_frame(made, main_frame, first, 0x20, "f", "x.c", 2);
    uint32_t two = made_frame(made, main_frame, second, 0x20, "f", "x.c", 2);
    uint32_t inlined = made_frame(made, 0, first, 0x10, "main", "m.c", 1);

    made_site(made, one, 5, 10);
    made_site(made, two, 50, 10);
    made_inlined(made, inlined, "f (x.c:9)", NULL, 0);
    made_site(made, inlined, 1, 1);
    made_site(made, made_frame(made, main_frame, 0, 0x10, "f", "x.c", 9), 2, 2);
    made_finish(made);
    return made;
}

static char long_name[4097];

static struct made_profile *make_hostile(void)
{
    static const char *const names[] = {
        "a\"b\\c",
        "line\nfeed\ttab\x01\x7f",
        "semi;colon",
        "hash#tag {lambda()#1}",
        "bad\xff\xc0\x80 utf",
        "</script>&lt;",
        "caf\xc3\xa9 \xf0\x9f\x8c\xb3",
        "per%cent %s %n",
        "",
        "ends 17",
        "'; DROP TABLE site; --",
        "\xc2\x9b csi",
        long_name,
        "\xed\xa0\x80 surrogate",
        "cut \xe2\x82",
        "$(touch x) `id`",
    };
    struct made_profile *made = made_new();
    uint32_t module = made_module(made, "/tmp/\"mod;ule\n#\xff", "\x01");
    uint32_t parent = 0;

    memset(long_name, 'x', sizeof long_name - 1);
    made->exported.command = "app \"quoted\" \n #7 \xff \\";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint32_t frame = made_frame(made, parent, module, 0x100 * i, names[i],
                                    names[sizeof names / sizeof names[0] - 1 - i], (uint32_t)i);

        made_site(made, frame, i + 1, 100);
        parent = i % 2 == 0 ? frame : 0;
    }
    made_finish(made);
    return made;
}

/* 500 calls deep, and one that is much deeper than a format shows. */
static struct made_profile *make_deep(void)
{
    struct made_profile *made = made_new();
    uint32_t module = made_module(made, "/usr/bin/deep", "");
    uint32_t frame = made_frame(made, 0, module, 0x10, "main", "deep.c", 1);

    for (uint32_t depth = 1; depth < 500; depth++)
        frame = made_frame(made, frame, module, 0x20 + depth, "recurse", "deep.c", depth);
    made_site(made, frame, 10, 100);
    for (uint32_t depth = 500; depth < 3000; depth++)
        frame = made_frame(made, frame, module, 0x20 + depth % 7, "recurse", "deep.c", depth);
    made_site(made, frame, 20, 100);
    made_finish(made);
    return made;
}

/* 100,000 stacks of 20 calls that have nothing but main in common. */
static struct made_profile *make_many(void)
{
    static char names[1000][40];
    struct made_profile *made = made_new();
    uint32_t module = made_module(made, "/usr/bin/many", "\x01");
    uint32_t outermost = made_frame(made, 0, module, 0x10, "main", "many.c", 1);

    for (size_t i = 0; i < 1000; i++)
        snprintf(names[i], sizeof names[i], "some_namespace::some_function_%zu", i);
    for (uint32_t site = 0; site < 100000; site++) {
        uint32_t frame = outermost;

        for (uint32_t depth = 1; depth < 20; depth++)
            frame = made_frame(made, frame, module, 0x1000 + 32 * site + depth,
                               names[(site + depth) % 1000], "/src/some/file.cc", site);
        made_site(made, frame, 8, 24 + site % 1000);
    }
    made_finish(made);
    return made;
}

const char *const made_names[] = {"empty", "small", "stackless", "twins", "hostile", "deep", NULL};

struct made_profile *made_profile(const char *name)
{
    static struct made_profile *(*const makers[])(void) = {make_empty, make_small,   make_stackless,
                                                           make_twins, make_hostile, make_deep};

    for (size_t i = 0; made_names[i] != NULL; i++)
        if (strcmp(made_names[i], name) == 0)
            return makers[i]();
    return strcmp(name, "many") == 0 ? make_many() : NULL;
}
