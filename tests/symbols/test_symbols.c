/* What symbols say of programs that know it themselves, and what binutils say of them. */
#include "symbols/subjects.h"

MTest(symbols, a_program_is_told_what_it_knows_of_itself)
{
    struct truth truths[TRUTHS];
    struct subject subject;
    size_t count = read_truths(truths);

    cr_assert_eq(count, TRUTHS);
    open_subject(&subject, SUBJECT);
    cr_assert_eq(state_of(&subject), ACRE_SYMBOLS_LINES);
    for (size_t i = 0; i < count; i++)
        expect_truth(&subject, &truths[i]);
    close_subject(&subject);
}

/* A symbol without a size holds up to the next one; without lines there is no file. */
MTest(symbols, without_debug_information_there_are_functions)
{
    struct truth truths[TRUTHS];
    struct subject subject;
    size_t count = read_truths(truths);

    open_subject(&subject, FILES "/symbols/subject");
    cr_assert_eq(state_of(&subject), ACRE_SYMBOLS_NAMES);
    for (size_t i = 0; i < count; i++) {
        struct acre_frames found = look_up(&subject, truths[i].address);

        cr_assert_eq(found.count, 1);
        cr_assert_str_eq(found.frames[0].function, truths[i].frames[truths[i].count - 1].function);
        cr_assert(found.frames[0].file == NULL && found.frames[0].line == 0);
        cr_assert_not(found.frames[0].is_inlined);
    }
    close_subject(&subject);
}

/* It knows no local functions, and so not how far one goes that has no size. */
MTest(symbols, the_dynamic_linker_knows_what_is_exported)
{
    struct truth truths[TRUTHS];
    struct subject subject;
    size_t count = read_truths(truths);

    open_subject(&subject, FILES "/exported/subject");
    cr_assert_eq(state_of(&subject), ACRE_SYMBOLS_NAMES);
    for (size_t i = 0; i < count; i++) {
        const char *function = truths[i].frames[truths[i].count - 1].function;
        struct acre_frames found = look_up(&subject, truths[i].address);

        if (strcmp(function, "twice") == 0 || strcmp(function, "bare") == 0)
            cr_assert_null(found.frames[0].function, "%s", found.frames[0].function);
        else
            cr_assert_str_eq(found.frames[0].function, function);
    }
    close_subject(&subject);
}

MTest(symbols, what_is_nowhere_has_a_frame_without_a_name)
{
    static const uint64_t addresses[] = {0, 1, 0x40, UINT64_MAX, UINT64_MAX / 2};
    static const char *const paths[] = {SUBJECT, FILES "/bare/subject", "/no/such/file"};

    for (size_t p = 0; p < sizeof paths / sizeof paths[0]; p++) {
        struct subject subject;

        open_subject(&subject, paths[p]);
        for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
            struct acre_frames found = look_up(&subject, addresses[i]);

            cr_assert_eq(found.count, 1);
            cr_assert(found.frames[0].function == NULL && found.frames[0].file == NULL);
            cr_assert(found.frames[0].line == 0 && !found.frames[0].is_inlined);
        }
        close_subject(&subject);
    }
}

MTest(symbols, equal_strings_are_one_and_answers_stay)
{
    struct truth truths[TRUTHS];
    struct subject subject;
    struct acre_frames first, second;
    uint64_t calls;

    read_truths(truths);
    open_subject(&subject, SUBJECT);
    first = look_up(&subject, truths[1].address);
    second = look_up(&subject, truths[4].address);
    cr_assert(first.count == 2 && second.count == 2);
    cr_assert_eq(first.frames[0].function, second.frames[0].function);
    cr_assert_eq(first.frames[0].file, second.frames[1].file);
    cr_assert_neq(first.frames[1].function, second.frames[1].function);
    calls = subject.plan.calls;
    second = look_up(&subject, truths[1].address);
    cr_assert(second.frames == first.frames && subject.plan.calls == calls);
    close_subject(&subject);
}

/* addr2line ---------------------------------------------------------------------------------------
 */

static const char *name_in(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static bool is_address(const char *line)
{
    return strncmp(line, "0x", 2) == 0;
}

/* One line without its end. False: the stream is at its end. */
static bool get_line(FILE *stream, char *line, size_t room)
{
    if (fgets(line, (int)room, stream) == NULL)
        return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

struct agreement {
    size_t addresses, named, frames, lambdas;
};

/*
 * A frame, against two lines of addr2line: "FUNCTION" and "PATH:LINE (discriminator N)". It names a
 * function for padding behind it as well, crtstuff.c for what has no lines, and the part of a
 * function that was moved away by its symbol.
 */
static void expect_sampled(const struct acre_frame *frame, char *function, char *place,
                           struct agreement *agreement)
{
    char *cold = strstr(function, ".cold");
    char *colon;

    if (cold != NULL)
        *cold = '\0';
    place[strcspn(place, " ")] = '\0';
    colon = strrchr(place, ':');
    cr_assert(colon != NULL, "%s", place);
    *colon = '\0';
    agreement->frames++;
    /* A function of a local type has but half a name in DWARF; which half, is a matter of taste. */
    if (frame->function != NULL && strstr(function, "lambda") == NULL)
        cr_assert_str_eq(frame->function, function);
    else if (frame->function != NULL)
        agreement->lambdas +=
            strstr(frame->function, "shapes::Row<int>::sum<main::{lambda") != NULL;
    if (frame->file == NULL)
        return;
    cr_assert_str_eq(name_in(frame->file), name_in(place), "%s", function);
    cr_assert_eq(frame->line, strtoul(colon + 1, NULL, 10), "%s %s", function, frame->file);
}

static struct agreement expect_agreement(const char *path, const char *name)
{
    static char line[1 << 16], place[1 << 16];
    struct agreement agreement = {0};
    struct acre_frames found = {0};
    FILE *stream = open_made(name);
    struct subject subject;
    uint32_t next = 0;

    open_subject(&subject, path);
    while (get_line(stream, line, sizeof line)) {
        if (is_address(line)) {
            cr_assert_eq(next, found.count, "fewer frames before %s", line);
            found = look_up(&subject, strtoull(line, NULL, 16));
            agreement.addresses++;
            agreement.named += found.frames[found.count - 1].function != NULL;
            next = 0;
            continue;
        }
        cr_assert(next < found.count && get_line(stream, place, sizeof place));
        expect_sampled(&found.frames[next++], line, place, &agreement);
    }
    fclose(stream);
    close_subject(&subject);
    return agreement;
}

MTest(symbols, addr2line_says_the_same_of_dwarf_5)
{
    struct agreement agreement = expect_agreement(SUBJECT, "sampled");

    cr_assert_geq(agreement.addresses, 100);
    cr_assert_geq(agreement.frames, agreement.addresses + 30, "some are inlined");
    cr_assert_geq(10 * agreement.named, 8 * agreement.addresses);
}

MTest(symbols, addr2line_says_the_same_of_dwarf_4)
{
    struct agreement agreement = expect_agreement(OTHER, "sampled-other");

    cr_assert_geq(agreement.addresses, 100);
    cr_assert_geq(agreement.frames, agreement.addresses + 30, "some are inlined");
    cr_assert_geq(10 * agreement.named, 8 * agreement.addresses);
}

MTest(symbols, addr2line_says_the_same_of_cpp, .timeout = 120)
{
    struct agreement agreement;

    if (SUBJECT_CPP[0] == '\0')
        cr_skip_test("there is no C++ compiler");
    agreement = expect_agreement(SUBJECT_CPP, "sampled-cpp");
    cr_assert_geq(agreement.addresses, 300);
    cr_assert_geq(agreement.frames, 2 * agreement.addresses, "most are inlined");
    cr_assert_geq(10 * agreement.named, 9 * agreement.addresses);
    cr_assert_gt(agreement.lambdas, 0);
}

/* Memory that fails -----------------------------------------------------------------------------
 */

/* All that a caller does. False for want of memory, of which each call says by itself. */
static bool use(struct acre_alloc *memory, const char *path, const struct truth *truths,
                struct acre_symbols **symbols)
{
    enum acre_symbols_state state;
    struct acre_frames found;
    uint32_t module;

    *symbols = acre_symbols_new(memory, NULL, 0);
    if (*symbols == NULL || !acre_symbols_add(*symbols, path, "id", 0, &module) ||
        !acre_symbols_state_of(*symbols, module, &state))
        return false;
    for (size_t i = 0; i < 300; i++)
        if (!acre_symbols_look_up(*symbols, module, truths[0].address + i, &found))
            return false;
    return true;
}

static void sweep(const char *path)
{
    struct acre_alloc *below = acre_malloc_new();
    struct truth truths[TRUTHS];
    uint64_t fail_at = 1;

    read_truths(truths);
    for (;; fail_at++) {
        struct acre_fault_plan plan = {.fail_at = fail_at};
        struct acre_alloc *faulty = acre_fault_new(below, &plan);
        struct acre_symbols *symbols;
        bool is_done = use(faulty, path, truths, &symbols);

        acre_symbols_destroy(symbols);
        acre_destroy(faulty);
        cr_assert_eq(plan.live_bytes, 0);
        if (plan.failures == 0) {
            cr_assert(is_done);
            break;
        }
        cr_assert_not(is_done, "allocation %" PRIu64, fail_at);
    }
    cr_assert_gt(fail_at, 8);
    acre_destroy(below);
}

MTest(symbols, memory_that_fails_is_told, .timeout = 120)
{
    sweep(SUBJECT);
    sweep(FILES "/symbols/subject");
}

/* What failed once can be asked again. */
MTest(symbols, memory_that_comes_back_is_used)
{
    struct truth truths[TRUTHS];

    read_truths(truths);
    for (uint64_t fail_at = 1; fail_at < 30; fail_at++) {
        struct subject subject;
        struct acre_frames found;

        open_subject(&subject, SUBJECT);
        subject.plan.fail_at = subject.plan.calls + fail_at;
        acre_symbols_look_up(subject.symbols, subject.module, truths[2].address, &found);
        expect_truth(&subject, &truths[2]);
        close_subject(&subject);
    }
}
