/* Call stacks in names, of files that are not there: groups, differences, leaks; and all of them
 * where each allocation fails in turn. */
#include "trace/traces.h"

#include "profile/diff.h"
#include "profile/leaks.h"

/* Modules that nobody has, the second with a path that would write on a terminal. */
static const char *const paths[] = {"/nonexistent/app", "/nonexistent/li\x1b[1mb\xff.so",
                                    "/nonexistent/ld-linux.so.2", "/nonexistent/libstdc++.so.6"};

/* Frames 1 to 10. */
static const struct acre_trace_frame frames[] = {
    {0, 1, 0x100},  /* 1: main */
    {1, 1, 0x200},  /* 2: in main */
    {1, 2, 0x300},  /* 3: of the other module, in main */
    {2, 1, 0x200},  /* 4: again where 2 is */
    {0, 0, 0x7fff}, /* 5: of no module */
    {0, 0, 0},      /* 6: left out */
    {6, 1, 0x200},  /* 7: where 2 is */
    {1, 3, 0x10},   /* 8: of the loader */
    {8, 4, 0x20},   /* 9: libstdc++ when it is loaded */
    {2, 4, 0x20},   /* 10: libstdc++, called by the program */
};

/* A block of so many bytes for each stack, as often as told. */
static void put_blocks(struct recording *recording, uint32_t stack, size_t bytes, size_t count,
                       bool are_freed)
{
    static uint64_t name = 0x10000;

    for (size_t i = 0; i < count; i++) {
        struct acre_trace_event event = {
            .kind = ACRE_TRACE_ALLOCATE,
            .object = name += 64,
            .layout = {bytes, 16, ACRE_PURPOSE_OTHER},
            .stack = stack,
        };

        acre_trace_put(&recording->writer, &event);
        event.kind = ACRE_TRACE_FREE;
        if (are_freed)
            acre_trace_put(&recording->writer, &event);
    }
}

static void put_places(struct recording *recording)
{
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct acre_trace_module module = some_module;

        module.path = paths[i];
        module.path_bytes = strlen(paths[i]);
        acre_trace_put_module(&recording->writer, &module);
    }
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
        acre_trace_put_frame(&recording->writer, &frames[i]);
}

/* What is known of a recording, in one. */
struct known {
    struct acre_trace_reader reader;
    struct acre_profile profile;
    struct acre_names *names;
};

static bool know(struct known *known, struct acre_alloc *memory, const struct recording *recording)
{
    bool done = acre_trace_reader_open(&known->reader, memory, recording->file.path, 0) ==
                    ACRE_TRACE_READING &&
                acre_profile_read(&known->profile, memory, &known->reader, NULL, NULL);

    acre_trace_reader_close(&known->reader);
    if (!done)
        return false;
    known->names = acre_names_new(memory, &known->profile, NULL, 0);
    if (known->names != NULL)
        return true;
    acre_profile_fini(&known->profile);
    return false;
}

static void forget(struct known *known)
{
    acre_names_destroy(known->names);
    acre_profile_fini(&known->profile);
}

static void record(struct recording *recording)
{
    begin_recording(recording, INT64_MAX);
    put_places(recording);
    put_blocks(recording, 1, 1000, 1, false);
    put_blocks(recording, 2, 10, 5, true);
    put_blocks(recording, 3, 100, 2, false);
    put_blocks(recording, 4, 20, 1, false);
    put_blocks(recording, 5, 7, 1, true);
    put_blocks(recording, 7, 30, 3, true);
    put_blocks(recording, 8, 500, 1, false);
    put_blocks(recording, 0, 3, 1, false);
    finish_recording(recording, NULL);
}

static void expect_name(const struct known *known, uint32_t frame, const char *name)
{
    struct acre_frames found;
    struct acre_frames again;

    cr_assert(acre_names_of(known->names, frame, &found));
    cr_assert(acre_names_of(known->names, frame, &again));
    cr_assert(found.count == 1 && found.frames[0].line == 0 && found.frames[0].file == NULL);
    cr_assert_str_eq(found.frames[0].function, name);
    cr_assert_eq(found.frames, again.frames);
}

MTest(names, what_nobody_knows_has_a_name_too)
{
    static struct known known;
    struct recording recording;
    struct acre_frames a;
    struct acre_frames b;
    enum acre_symbols_state state;

    record(&recording);
    cr_assert(know(&known, recording.memory, &recording));
    expect_name(&known, 1, "app+0x100");
    expect_name(&known, 3, "li?[1mb?.so+0x300");
    expect_name(&known, 5, "0x7fff");
    expect_name(&known, 6, "(frames left out)");
    cr_assert(acre_names_of(known.names, 2, &a) && acre_names_of(known.names, 7, &b));
    cr_assert_eq(a.frames[0].function, b.frames[0].function);
    cr_assert(acre_names_module(known.names, 1, &state) && state == ACRE_SYMBOLS_MISSING);
    forget(&known);
    end_recording(&recording);
}

MTest(names, a_walk_goes_from_the_inside_out)
{
    static const uint32_t nodes[] = {4, 2, 1};
    static struct known known;
    struct recording recording;
    struct acre_walk walk;

    record(&recording);
    cr_assert(know(&known, recording.memory, &recording));
    walk = acre_walk_of(&known.profile, known.names, 4);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_not_null(acre_walk_next(&walk));
        cr_assert_eq(walk.node, nodes[i]);
    }
    cr_assert_null(acre_walk_next(&walk));
    cr_assert_not(walk.has_no_memory);
    walk = acre_walk_of(&known.profile, known.names, 0);
    cr_assert_null(acre_walk_next(&walk));
    forget(&known);
    end_recording(&recording);
}

/* 2, 4 and 7 lie at one place. */
MTest(names, sites_at_one_place_are_one_group)
{
    static struct known known;
    struct recording recording;
    struct acre_site_groups groups;
    const struct acre_site_group *group;

    record(&recording);
    cr_assert(know(&known, recording.memory, &recording));
    cr_assert(acre_site_groups_make(&groups, recording.memory, &known.profile, known.names,
                                    known.profile.sites, known.profile.site_count,
                                    ACRE_SITE_GROUP_BY_FUNCTION, ACRE_SITE_ORDER_CALLS));
    cr_assert_eq(groups.count, 6);
    group = &groups.groups[0];
    cr_assert_str_eq(group->function, "app+0x200");
    cr_assert(group->sites == 3 && group->figures.blocks == 9 && group->figures.bytes == 160);
    cr_assert_eq(group->stack, 2); /* with five calls */
    cr_assert(group->figures.freed == 8 && group->figures.live_bytes == 20);
    for (size_t i = 1; i < groups.count; i++)
        cr_assert_geq(groups.groups[i - 1].figures.blocks, groups.groups[i].figures.blocks);
    acre_site_groups_fini(&groups);

    cr_assert(acre_site_groups_make(&groups, recording.memory, &known.profile, known.names,
                                    known.profile.sites, known.profile.site_count,
                                    ACRE_SITE_GROUP_BY_STACK, ACRE_SITE_ORDER_BYTES));
    cr_assert_eq(groups.count, known.profile.site_count);
    cr_assert(groups.groups[0].stack == 1 && groups.groups[1].stack == 8);
    acre_site_groups_fini(&groups);

    cr_assert(acre_site_groups_make(&groups, recording.memory, &known.profile, known.names,
                                    known.profile.sites, known.profile.site_count,
                                    ACRE_SITE_GROUP_BY_MODULE, ACRE_SITE_ORDER_BYTES));
    cr_assert_eq(groups.count, 5); /* with no module, and no stack */
    cr_assert_str_eq(groups.groups[0].function, "/nonexistent/app");
    cr_assert_eq(groups.groups[0].figures.bytes, 1160);
    acre_site_groups_fini(&groups);
    forget(&known);
    end_recording(&recording);
}

/* What libstdc++ allocates for the program is the program's. */
MTest(names, what_the_loader_has_is_no_leak)
{
    static struct known known;
    struct recording recording;
    struct acre_leaks leaks;

    begin_recording(&recording, INT64_MAX);
    put_places(&recording);
    put_blocks(&recording, 2, 10, 5, false);
    put_blocks(&recording, 3, 77, 1, true);
    put_blocks(&recording, 8, 500, 1, false);
    put_blocks(&recording, 9, 73000, 1, false);
    put_blocks(&recording, 10, 100, 2, false);
    finish_recording(&recording, NULL);
    cr_assert(know(&known, recording.memory, &recording));
    cr_assert(acre_leaks_find(&leaks, recording.memory, &known.profile, known.names));
    cr_assert(leaks.is_known && leaks.blocks == 7 && leaks.bytes == 250);
    cr_assert(leaks.kept_blocks == 2 && leaks.kept_bytes == 73500);
    cr_assert(leaks.count == 2 && leaks.unsure_blocks == 0);
    acre_leaks_fini(&leaks);

    known.profile.state = ACRE_TRACE_INCOMPLETE;
    cr_assert(acre_leaks_find(&leaks, recording.memory, &known.profile, known.names));
    cr_assert(!leaks.is_known && leaks.count == 0 && leaks.blocks == 0 && leaks.kept_blocks == 0);
    acre_leaks_fini(&leaks);
    forget(&known);
    end_recording(&recording);
}

/* Differences ----------------------------------------------------------------------------------
 */

/* A place less, one more, one that has changed, and all of app's addresses are others. */
static void record_another(struct recording *recording)
{
    begin_recording(recording, INT64_MAX);
    put_places(recording);
    put_blocks(recording, 1, 1500, 2, false);
    put_blocks(recording, 3, 100, 2, false);
    put_blocks(recording, 6, 64, 1, true);
    put_blocks(recording, 8, 500, 1, false);
    finish_recording(recording, NULL);
}

static struct acre_diff_side side_of(const struct known *known)
{
    return (struct acre_diff_side){&known->profile, known->names, known->profile.sites,
                                   known->profile.site_count};
}

MTest(names, differences_are_by_name)
{
    static struct known a, b;
    struct recording before;
    struct recording after;
    struct acre_diff diff;

    record(&before);
    record_another(&after);
    cr_assert(know(&a, before.memory, &before) && know(&b, after.memory, &after));
    const struct acre_diff_side sides[2] = {side_of(&a), side_of(&b)};

    cr_assert(acre_diff_make(&diff, before.memory, sides, ACRE_SITE_ORDER_BYTES));
    cr_assert(diff.count == 6 && diff.changed == 4 && diff.added == 1 && diff.gone == 2);
    cr_assert_eq(diff.rows[0].function_bytes, 3); /* "app" */
    cr_assert_eq(diff.rows[0].parts[0].figures.bytes, 1160);
    cr_assert_eq(diff.rows[0].parts[1].figures.bytes, 3000);
    cr_assert_eq(diff.rows[0].parts[0].stack, 1);
    cr_assert_str_eq(diff.rows[1].function, "(frames left out)");
    cr_assert(!diff.rows[1].parts[0].is_there && diff.rows[1].parts[1].is_there);
    cr_assert_eq(diff.rows[2].function_bytes, 0); /* an address */
    cr_assert(diff.rows[2].parts[0].is_there && !diff.rows[2].parts[1].is_there);
    acre_diff_fini(&diff);

    const struct acre_diff_side same[2] = {side_of(&a), side_of(&a)};

    cr_assert(acre_diff_make(&diff, before.memory, same, ACRE_SITE_ORDER_BYTES));
    cr_assert(diff.count == 5 && diff.changed == 0 && diff.added == 0 && diff.gone == 0);
    acre_diff_fini(&diff);
    forget(&a);
    forget(&b);
    end_recording(&before);
    end_recording(&after);
}

/* Memory ---------------------------------------------------------------------------------------
 */

static bool make_everything(struct acre_alloc *memory, const struct recording *recording)
{
    static struct known known;
    struct acre_site_groups groups;
    struct acre_leaks leaks;
    struct acre_diff diff;
    bool done;

    if (!know(&known, memory, recording))
        return false;
    const struct acre_diff_side sides[2] = {side_of(&known), side_of(&known)};

    done = acre_leaks_find(&leaks, memory, &known.profile, known.names);
    if (done) {
        done =
            acre_site_groups_make(&groups, memory, &known.profile, known.names, leaks.sites,
                                  leaks.count, ACRE_SITE_GROUP_BY_FUNCTION, ACRE_SITE_ORDER_LEAKED);
        if (done)
            acre_site_groups_fini(&groups);
        acre_leaks_fini(&leaks);
    }
    if (done) {
        done = acre_diff_make(&diff, memory, sides, ACRE_SITE_ORDER_PEAK);
        if (done)
            acre_diff_fini(&diff);
    }
    forget(&known);
    return done;
}

MTest(names, memory_that_fails_leaves_nothing_behind, .timeout = 120)
{
    struct recording recording;
    uint64_t fail_at = 1;

    record(&recording);
    for (;; fail_at++) {
        struct acre_fault_plan plan = {.fail_at = fail_at};
        struct acre_alloc *faulty = acre_fault_new(recording.memory, &plan);
        bool is_done = make_everything(faulty, &recording);

        acre_destroy(faulty);
        cr_assert_eq(plan.live_bytes, 0, "allocation %llu", (unsigned long long)fail_at);
        if (plan.failures == 0)
            break;
        cr_assert_not(is_done, "allocation %llu", (unsigned long long)fail_at);
    }
    cr_assert_gt(fail_at, 30);
    end_recording(&recording);
}
