/* The page of a recorded program: its figures are those of the profile, its flame graph is the tree
 * of call stacks, whatever is in a trace stays text and the page stays small; and all of it where
 * each allocation fails in turn. */
#include "trace/traces.h"

#include "cli/profiled.h"
#include "page/flame.h"
#include "page/maker.h"
#include "page/page.h"
#include "report/info_parts.h"
#include "tests/report/sample.h"

/* Of files that nobody has: functions are called after them, as in "app+0x100". */
static const struct acre_trace_frame frames[] = {
    {0, 1, 0x100}, /* 1: main */
    {1, 1, 0x200}, /* 2: parse < main */
    {1, 2, 0x300}, /* 3: of the library, in main */
    {2, 2, 0x300}, /* 4: the same, in parse */
    {1, 1, 0x200}, /* 5: parse < main again */
};

static uint64_t last_name;

static void put_block(struct recording *recording, uint32_t stack, size_t bytes, bool is_freed)
{
    struct acre_trace_event event = {
        .kind = ACRE_TRACE_ALLOCATE,
        .object = last_name += 64,
        .layout = {bytes, 16, ACRE_PURPOSE_OTHER},
        .usable_bytes = bytes + 8,
        .stack = stack,
    };

    acre_trace_put(&recording->writer, &event);
    event.kind = ACRE_TRACE_FREE;
    if (is_freed)
        acre_trace_put(&recording->writer, &event);
}

static void put_module(struct recording *recording, const char *path)
{
    struct acre_trace_module module = some_module;

    module.path = path;
    module.path_bytes = strlen(path);
    acre_trace_put_module(&recording->writer, &module);
}

static void put_program(struct recording *recording, const char *app, const char *library)
{
    put_module(recording, app);
    put_module(recording, library);
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
        acre_trace_put_frame(&recording->writer, &frames[i]);
    put_block(recording, 2, 1000, false);
    put_block(recording, 5, 500, true);
    put_block(recording, 3, 200, true);
    put_block(recording, 4, 30, true);
    put_block(recording, 4, 40, true);
    put_block(recording, 0, 7, true);
}

/* What is known of a recording. */
struct known {
    struct acre_profiled profiled;
    struct acre_trace_bundle bundle;
    struct acre_info info;
    struct acre_page_recording recording;
};

/* False for want of memory: nothing is owned then. */
static bool know(struct known *known, struct acre_alloc *memory, const char *path)
{
    const struct acre_profiled_request request = {.path = path};
    char sentence[512];

    if (acre_profiled_read(&known->profiled, memory, &request, sentence, sizeof sentence) !=
        ACRE_EXIT_OK)
        return false;
    if (acre_trace_bundle_list(&known->bundle, memory, path) == ACRE_TRACE_NO_MEMORY) {
        acre_trace_bundle_fini(&known->bundle);
        acre_profiled_fini(&known->profiled);
        return false;
    }
    known->info = (struct acre_info){
        .profile = &known->profiled.profile,
        .reader = &known->profiled.reader,
        .names = known->profiled.names,
        .leaks = &known->profiled.leaks,
        .memory = memory,
    };
    known->recording = (struct acre_page_recording){&known->info, &known->bundle,
                                                    acre_trace_bundle_largest(&known->bundle)};
    return true;
}

static void forget(struct known *known)
{
    acre_trace_bundle_fini(&known->bundle);
    acre_profiled_fini(&known->profiled);
}

/* The model of a finished recording, and what it was made of. */
static json_t *model_of(struct known *known, struct recording *recording)
{
    json_t *model;

    finish_recording(recording, NULL);
    cr_assert(know(known, recording->memory, recording->file.path));
    model = acre_page_recorded_model(&known->recording);
    cr_assert(model);
    return model;
}

static const json_t *part(const json_t *object, const char *name)
{
    const json_t *found = json_object_get(object, name);

    cr_assert(found, "no '%s'", name);
    return found;
}

static json_int_t count_of(const json_t *object, const char *name)
{
    return json_integer_value(part(object, name));
}

static json_int_t at(const json_t *array, size_t index)
{
    return json_integer_value(json_array_get(array, index));
}

/* The whole text that has this number. */
static const char *text_of(const json_t *recorded, const json_t *number)
{
    const json_t *text =
        json_array_get(part(recorded, "texts"), (size_t)json_integer_value(number));

    if (json_is_array(text))
        text = json_array_get(text, json_array_size(text) - 1);
    return json_string_value(text);
}

static const char *function_at(const json_t *recorded, json_int_t place)
{
    return text_of(recorded,
                   json_array_get(json_array_get(part(recorded, "places"), (size_t)place), 0));
}

MTest(recorded_page, it_says_what_info_says)
{
    struct recording recording;
    static struct known known;
    char *sentence = NULL;
    size_t bytes;

    begin_recording(&recording, INT64_MAX);
    put_program(&recording, "/nonexistent/app", "/nonexistent/lib.so");
    json_t *model = model_of(&known, &recording);
    const json_t *recorded = part(model, "recorded"), *total = part(recorded, "total");
    const struct acre_profile *profile = &known.profiled.profile;
    const struct acre_page page = {.stream = open_memstream(&sentence, &bytes), .width = 1 << 20};

    cr_assert(acre_info_print_sentence(&known.info, &page));
    fclose(page.stream);
    cr_assert_eq(strncmp(sentence + 2, json_string_value(part(model, "answer")), bytes - 3), 0);
    free(sentence);
    cr_expect_eq(count_of(total, "peak_bytes"), 1500);
    cr_expect_eq(count_of(total, "bytes"), 1777);
    cr_expect_eq(count_of(total, "calls"), (json_int_t)profile->calls);
    const json_t *timeline = part(recorded, "timeline");
    cr_assert_eq(json_array_size(part(timeline, "live")), profile->point_count);
    for (size_t i = 0; i < profile->point_count; i++)
        cr_expect(at(part(timeline, "live"), i) == (json_int_t)profile->points[i].live_bytes &&
                  at(part(timeline, "usable"), i) == (json_int_t)profile->points[i].usable_bytes);
    cr_expect_eq(json_array_size(part(recorded, "lives")), 5, "one block of each size was freed");
    cr_expect_eq(count_of(part(recorded, "threads"), "count"), 1);
    cr_expect_eq(count_of(part(recorded, "processes"), "count"), 1);
    cr_expect_eq(json_array_size(part(part(recorded, "modules"), "rows")), 2);
    cr_expect_gt(json_array_size(part(recorded, "facts")), 5);
    json_decref(model);
    forget(&known);
    end_recording(&recording);
}

MTest(recorded_page, places_have_their_figures_and_their_stacks)
{
    struct recording recording;
    static struct known known;

    begin_recording(&recording, INT64_MAX);
    put_program(&recording, "/nonexistent/app", "/nonexistent/lib.so");
    json_t *model = model_of(&known, &recording);
    const json_t *recorded = part(model, "recorded"), *sites = part(recorded, "sites");
    const json_t *rows = part(sites, "rows"), *parse = json_array_get(rows, 0);

    cr_assert_eq(count_of(sites, "count"), 3);
    cr_assert_eq(json_array_size(rows), 3);
    cr_expect_str_eq(function_at(recorded, count_of(parse, "place")), "app+0x200");
    cr_expect(count_of(parse, "peak") == 1500 && count_of(parse, "bytes") == 1500);
    cr_expect(count_of(parse, "calls") == 2 && count_of(parse, "stacks") == 2);
    cr_expect(count_of(parse, "leaked") == 1000 && count_of(parse, "leaked_blocks") == 1);
    cr_assert_eq(json_array_size(part(parse, "stack")), 2);
    cr_expect_str_eq(function_at(recorded, at(part(parse, "stack"), 1)), "app+0x100");
    json_decref(model);
    forget(&known);
    end_recording(&recording);
}

/* The tree ------------------------------------------------------------------------------------- */

/* Of the profile's own sites. */
static void make_flame(struct acre_flame *flame, struct known *known, struct recording *recording)
{
    const struct acre_profile *profile = &known->profiled.profile;

    finish_recording(recording, NULL);
    cr_assert(know(known, recording->memory, recording->file.path));
    cr_assert(acre_flame_make(flame, recording->memory, profile, known->profiled.names,
                              profile->sites, profile->site_count));
}

/* A node by its name below another. */
static uint32_t child_of(const struct acre_flame *flame, uint32_t node, const char *function)
{
    uint32_t child = flame->nodes[node].first_child;

    while (child != 0 && strcmp(flame->nodes[child].frame->function, function) != 0)
        child = flame->nodes[child].next_sibling;
    cr_assert(child != 0, "no %s", function);
    return child;
}

MTest(recorded_page, equal_calls_of_one_caller_are_one_bar)
{
    struct recording recording;
    static struct known known;
    struct acre_flame flame;

    begin_recording(&recording, INT64_MAX);
    put_program(&recording, "/nonexistent/app", "/nonexistent/lib.so");
    make_flame(&flame, &known, &recording);
    uint32_t main_node = child_of(&flame, 0, "app+0x100");
    uint32_t parse = child_of(&flame, main_node, "app+0x200");
    uint32_t append = child_of(&flame, parse, "lib.so+0x300");
    cr_assert_eq(flame.count, 6, "all, main, parse, append twice, and what has no stack");
    cr_expect_eq(flame.nodes[0].weights[ACRE_SITE_ORDER_BYTES], 1777);
    cr_expect_eq(flame.nodes[main_node].weights[ACRE_SITE_ORDER_BYTES], 1770);
    cr_expect_eq(flame.nodes[parse].weights[ACRE_SITE_ORDER_BYTES], 1570);
    cr_expect_eq(flame.nodes[parse].weights[ACRE_SITE_ORDER_CALLS], 4);
    cr_expect_eq(flame.nodes[append].weights[ACRE_SITE_ORDER_BYTES], 70);
    cr_expect_eq(flame.nodes[append].depth, 3);
    cr_expect_eq(flame.nodes[child_of(&flame, 0, "(no call stack)")].weights[ACRE_SITE_ORDER_BYTES],
                 7);
    cr_expect(flame.kept == flame.count && flame.per_mille == 1 && !flame.has_deeper);
    acre_flame_fini(&flame);
    forget(&known);
    end_recording(&recording);
}

MTest(recorded_page, what_is_called_too_deep_counts_as_its_callers)
{
    enum { DEEP = ACRE_FLAME_MOST_DEPTH + 500 };
    struct recording recording;
    static struct known known;
    struct acre_flame flame;

    begin_recording(&recording, INT64_MAX);
    put_module(&recording, "/nonexistent/app");
    for (uint32_t i = 0; i < DEEP; i++)
        acre_trace_put_frame(&recording.writer, &(struct acre_trace_frame){i, 1, 0x100 + i});
    put_block(&recording, DEEP, 100, false);
    make_flame(&flame, &known, &recording);
    cr_expect(flame.has_deeper);
    cr_assert_eq(flame.count, ACRE_FLAME_MOST_DEPTH + 1);
    cr_expect_eq(flame.nodes[ACRE_FLAME_MOST_DEPTH].depth, ACRE_FLAME_MOST_DEPTH);
    cr_expect_eq(flame.nodes[ACRE_FLAME_MOST_DEPTH].weights[ACRE_SITE_ORDER_BYTES], 100);
    acre_flame_fini(&flame);
    forget(&known);
    end_recording(&recording);
}

/* So many columns of so many calls, all of the same weight. */
static void put_columns(struct recording *recording, uint32_t columns, uint32_t depth)
{
    uint32_t frame = 0;

    put_module(recording, "/nonexistent/app");
    for (uint32_t column = 0; column < columns; column++) {
        for (uint32_t i = 0; i < depth; i++) {
            const struct acre_trace_frame made = {i == 0 ? 0 : frame, 1,
                                                  0x100 + column * UINT64_C(100000) + i};

            acre_trace_put_frame(&recording->writer, &made);
            frame++;
        }
        put_block(recording, frame, 100, false);
    }
}

MTest(recorded_page, what_nobody_sees_is_folded_and_counted)
{
    enum { COLUMNS = 5000 };
    struct recording recording;
    static struct known known;

    begin_recording(&recording, INT64_MAX);
    put_columns(&recording, COLUMNS, 1);
    json_t *model = model_of(&known, &recording);
    const json_t *flame = part(part(model, "recorded"), "flame"), *nodes = part(flame, "nodes");

    cr_expect(count_of(flame, "all") == COLUMNS && count_of(flame, "kept") == 0);
    cr_assert_eq(json_array_size(part(nodes, "place")), 2, "all, and what is folded");
    cr_expect(at(part(nodes, "place"), 1) == -COLUMNS && at(part(nodes, "depth"), 1) == 1);
    cr_expect_eq(at(part(nodes, "bytes"), 0), 100 * COLUMNS);
    cr_expect_eq(at(part(nodes, "bytes"), 1), 100 * COLUMNS);
    cr_expect_eq(count_of(json_array_get(part(flame, "metrics"), 0), "folded"), 100 * COLUMNS);
    json_decref(model);
    forget(&known);
    end_recording(&recording);
}

MTest(recorded_page, however_many_calls_there_are_few_are_shown)
{
    enum { COLUMNS = 20, DEPTH = 600 }; /* each is a twentieth */
    struct recording recording;
    static struct known known;
    struct acre_flame flame;

    begin_recording(&recording, INT64_MAX);
    put_columns(&recording, COLUMNS, DEPTH);
    make_flame(&flame, &known, &recording);
    cr_expect_eq(flame.count, COLUMNS * DEPTH + 1);
    cr_expect_leq(flame.kept, ACRE_FLAME_MOST_KEPT);
    cr_expect_eq(flame.per_mille, 64, "the first that is more than a twentieth");
    acre_flame_fini(&flame);
    forget(&known);
    end_recording(&recording);
}

MTest(recorded_page, of_many_places_the_greatest_are_shown)
{
    enum { COLUMNS = 1000 };
    struct recording recording;
    static struct known known;

    begin_recording(&recording, INT64_MAX);
    put_columns(&recording, COLUMNS, 1);
    put_block(&recording, 777, 5, true); /* two calls: the most */
    json_t *model = model_of(&known, &recording);
    const json_t *recorded = part(model, "recorded"), *sites = part(recorded, "sites");
    const json_t *rows = part(sites, "rows");
    size_t found = 0;

    cr_expect_eq(count_of(sites, "count"), COLUMNS);
    cr_expect(json_array_size(rows) >= 100 && json_array_size(rows) <= 500, "%zu rows",
              json_array_size(rows));
    for (size_t i = 0; i < json_array_size(rows); i++)
        found += count_of(json_array_get(rows, i), "calls") == 2;
    cr_expect_eq(found, 1);
    json_decref(model);
    forget(&known);
    end_recording(&recording);
}

/* What is not known, and what nobody may be made to believe --------------------------------------
 */

MTest(recorded_page, of_an_incomplete_trace_nothing_is_said_of_leaks)
{
    const struct acre_trace_ending killed = {.end = ACRE_TRACE_END_KILLED, .error = 9};
    struct recording recording;
    static struct known known;

    begin_recording(&recording, INT64_MAX);
    put_program(&recording, "/nonexistent/app", "/nonexistent/lib.so");
    finish_recording(&recording, &killed);
    cr_assert(know(&known, recording.memory, recording.file.path));
    json_t *model = acre_page_recorded_model(&known.recording);
    cr_assert(model);
    const json_t *recorded = part(model, "recorded");
    const json_t *metrics = part(part(recorded, "flame"), "metrics");
    cr_expect_not(json_is_true(part(recorded, "knows_leaks")));
    cr_assert_eq(json_array_size(metrics), 4);
    for (size_t i = 0; i < json_array_size(metrics); i++)
        cr_expect_str_neq(json_string_value(part(json_array_get(metrics, i), "key")), "leaked");
    const json_t *rows = part(part(recorded, "sites"), "rows");
    for (size_t i = 0; i < json_array_size(rows); i++)
        cr_expect_eq(count_of(json_array_get(rows, i), "leaked"), 0);
    json_decref(model);
    forget(&known);
    end_recording(&recording);
}

MTest(recorded_page, a_trace_without_call_stacks_is_a_page)
{
    struct recording recording;
    static struct known known;

    begin_recording(&recording, INT64_MAX);
    put_birth(&recording, 0x1000, 100);
    json_t *model = model_of(&known, &recording);
    cr_expect(json_is_null(part(part(model, "recorded"), "flame")));
    json_decref(model);
    forget(&known);
    end_recording(&recording);
}

/* The page as it would be on disk, the caller's to free. */
static char *page_of(const char *path, const char *remark)
{
    struct recording recording;
    static struct known known;
    char page[] = "/tmp/acre-test-page-XXXXXX", error[256];
    struct memory_file written = {.descriptor = mkstemp(page)};
    size_t bytes;

    begin_recording(&recording, INT64_MAX);
    put_program(&recording, path, path);
    put_text(&recording, ACRE_TRACE_TYPE_UNSEEN, 0, remark);
    finish_recording(&recording, NULL);
    cr_assert(know(&known, recording.memory, recording.file.path));
    cr_assert_eq(acre_page_write_recording(&known.recording, page, error, sizeof error),
                 ACRE_EXIT_OK, "%s", error);
    forget(&known);
    end_recording(&recording);
    close(written.descriptor); /* it was replaced */
    written.descriptor = open(page, O_RDONLY);
    char *text = (char *)get_bytes_of(&written, &bytes);
    text[bytes] = '\0';
    cr_assert_eq(strlen(text), bytes, "no byte of a page is 0");
    close(written.descriptor);
    unlink(page);
    return text;
}

MTest(recorded_page, names_stay_text)
{
    static const char hostile[] =
        "/nonexistent/</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>\"'`&lt;";
    static const char *const parts[] = {"<script", "</script", "<!--", "<img"};
    char *harmless = page_of("/nonexistent/app", "brk");
    char *page = page_of(hostile, hostile);

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        cr_expect_eq(sample_occurrences(page, parts[i]), sample_occurrences(harmless, parts[i]),
                     "%s", parts[i]);
    cr_expect_gt(sample_occurrences(page, "\\u003c/script>\\u003cscript>alert(1)"), 2);
    free(page);
    free(harmless);
}

MTest(recorded_page, long_names_are_cut)
{
    char path[4000] = "/nonexistent/";
    size_t begin = strlen(path);

    memset(path + begin, 'x', sizeof path - begin - 1);
    path[sizeof path - 1] = '\0';
    char *page = page_of(path, "brk");
    char *model = strstr(page, "\"recorded\":");
    cr_assert(model);
    *strstr(model, "</script>") = '\0';
    cr_expect_lt(strlen(model), 3 * sizeof path, "%zu bytes", strlen(model));
    free(page);
}

MTest(recorded_page, a_full_disk_is_told)
{
    struct recording recording;
    static struct known known;
    char error[256] = "";

    begin_recording(&recording, INT64_MAX);
    put_program(&recording, "/nonexistent/app", "/nonexistent/lib.so");
    finish_recording(&recording, NULL);
    cr_assert(know(&known, recording.memory, recording.file.path));
    cr_expect_eq(acre_page_write_recording(&known.recording, "/dev/full", error, sizeof error),
                 ACRE_EXIT_IO);
    cr_expect(strstr(error, "No space left on device"), "%s", error);
    forget(&known);
    end_recording(&recording);
}

MTest(recorded_page, every_allocation_may_fail)
{
    struct recording recording;
    static struct known known;
    uint64_t failures;

    begin_recording(&recording, INT64_MAX);
    put_program(&recording, "/nonexistent/app", "/nonexistent/lib.so");
    finish_recording(&recording, NULL);
    for (uint64_t fail_at = 1;; fail_at++) {
        struct acre_fault_plan plan = {0};
        struct acre_alloc *faulty = acre_fault_new(recording.memory, &plan);
        json_t *model;

        cr_assert(know(&known, faulty, recording.file.path));
        plan.fail_at = plan.calls + fail_at;
        failures = plan.failures;
        model = acre_page_recorded_model(&known.recording);
        failures = plan.failures - failures;
        cr_expect_eq(model == NULL, failures > 0, "allocation %llu", (unsigned long long)fail_at);
        json_decref(model);
        forget(&known);
        cr_expect_eq(plan.live_bytes, 0);
        acre_destroy(faulty);
        if (failures == 0) {
            cr_expect_gt(fail_at, 10);
            break;
        }
    }
    end_recording(&recording);
}
