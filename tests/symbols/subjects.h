/* What the tests of symbols look up: programs, and the files that files.sh made of them. */
#ifndef ACRE_TESTS_SYMBOLS_SUBJECTS_H
#define ACRE_TESTS_SYMBOLS_SUBJECTS_H

#include "support/mtest.h"

#include <inttypes.h>
#include <limits.h>

#include "alloc/backends.h"
#include "symbols/symbols.h"

/* Symbols with one module, over an allocator that counts. */
struct subject {
    struct acre_alloc *below;
    struct acre_fault_plan plan;
    struct acre_alloc *memory;
    struct acre_symbols *symbols;
    uint32_t module;
};

static inline void open_subject_of(struct subject *subject, const char *path, const void *id,
                                   size_t id_bytes, const char *const *roots, size_t root_count)
{
    *subject = (struct subject){.below = acre_malloc_new()};
    subject->memory = acre_fault_new(subject->below, &subject->plan);
    subject->symbols = acre_symbols_new(subject->memory, roots, root_count);
    cr_assert(acre_symbols_add(subject->symbols, path, id, id_bytes, &subject->module));
}

static inline void open_subject(struct subject *subject, const char *path)
{
    open_subject_of(subject, path, NULL, 0, NULL, 0);
}

static inline void close_subject(struct subject *subject)
{
    acre_symbols_destroy(subject->symbols);
    cr_assert_eq(subject->plan.live_bytes, 0);
    acre_destroy(subject->memory);
    acre_destroy(subject->below);
}

static inline enum acre_symbols_state state_of(struct subject *subject)
{
    enum acre_symbols_state state;

    cr_assert(acre_symbols_state_of(subject->symbols, subject->module, &state));
    return state;
}

static inline struct acre_frames look_up(struct subject *subject, uint64_t address)
{
    struct acre_frames found;

    cr_assert(acre_symbols_look_up(subject->symbols, subject->module, address, &found));
    cr_assert_geq(found.count, 1);
    return found;
}

/* A file of what the build has made. */
static inline FILE *open_made(const char *name)
{
    char path[PATH_MAX];
    FILE *stream;

    snprintf(path, sizeof path, "%s/%s", FILES, name);
    stream = fopen(path, "r");
    cr_assert(stream != NULL, "%s", path);
    return stream;
}

/* The subject's build id. */
static inline size_t subject_id(unsigned char *id, size_t room)
{
    FILE *stream = open_made("id");
    size_t count = 0;
    unsigned byte;

    while (count < room && fscanf(stream, "%2x", &byte) == 1)
        id[count++] = (unsigned char)byte;
    fclose(stream);
    cr_assert_geq(count, 8);
    return count;
}

/* What the subject says of one place in it. */
struct truth {
    uint64_t address;
    size_t count;
    struct {
        char function[32];
        uint32_t line;
    } frames[4];
};

enum { TRUTHS = 10 };

static inline size_t read_truths(struct truth *truths)
{
    FILE *stream = open_made("truth");
    char line[512];
    size_t count = 0;

    while (count < TRUTHS && fgets(line, sizeof line, stream) != NULL) {
        struct truth *truth = &truths[count++];
        int at, used;

        cr_assert_eq(sscanf(line, "%" SCNx64 "%n", &truth->address, &at), 1);
        for (truth->count = 0; truth->count < 4; truth->count++) {
            if (sscanf(line + at, " %31s %" SCNu32 "%n", truth->frames[truth->count].function,
                       &truth->frames[truth->count].line, &used) != 2)
                break;
            at += used;
        }
    }
    fclose(stream);
    return count;
}

static inline bool ends_with(const char *text, const char *end)
{
    return text != NULL && strlen(text) >= strlen(end) &&
           strcmp(text + strlen(text) - strlen(end), end) == 0;
}

/* All that the subject says of the place is found. */
static inline void expect_truth(struct subject *subject, const struct truth *truth)
{
    struct acre_frames found = look_up(subject, truth->address);

    cr_assert_eq(found.count, truth->count, "%" PRIx64, truth->address);
    for (uint32_t i = 0; i < found.count; i++) {
        const struct acre_frame *frame = &found.frames[i];

        cr_assert_str_eq(frame->function, truth->frames[i].function);
        cr_assert_eq(frame->is_inlined, i + 1 < found.count);
        if (truth->frames[i].line == 0)
            continue; /* assembly */
        cr_assert_eq(frame->line, truth->frames[i].line, "%s:%u", frame->function, frame->line);
        cr_assert(frame->file[0] == '/' && ends_with(frame->file, "/tests/symbols/subject.c"), "%s",
                  frame->file);
        cr_assert(strstr(frame->file, "/../") == NULL, "%s", frame->file);
    }
}

#endif
