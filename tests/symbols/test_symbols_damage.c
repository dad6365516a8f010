/* Any bytes are a legal file: cut, flipped, and made with intent. */
#include "symbols/subjects.h"

#include <sys/stat.h>

#include "support/memory_file.h"
#include "support/stride.h"

static unsigned char *read_all(const char *path, size_t *count)
{
    FILE *stream = fopen(path, "r");
    struct stat status;
    unsigned char *bytes;

    cr_assert(stream != NULL && fstat(fileno(stream), &status) == 0, "%s", path);
    *count = (size_t)status.st_size;
    bytes = malloc(*count);
    cr_assert_eq(fread(bytes, 1, *count, stream), *count);
    fclose(stream);
    return bytes;
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* Looks up what the subject tells of, and addresses all over it. True if its lines are known. */
static bool look_all_over(const char *path, const struct truth *truths, size_t truth_count)
{
    enum acre_symbols_state state;
    struct subject subject;
    struct acre_frames found;

    open_subject(&subject, path);
    state = state_of(&subject);
    for (uint64_t i = 0; i < truth_count + 100; i++) {
        found = look_up(&subject, i < truth_count ? truths[i].address : 97 * (i - truth_count));
        for (uint32_t f = 0; f < found.count; f++) {
            const struct acre_frame *frame = &found.frames[f];

            cr_assert(frame->function == NULL || strlen(frame->function) <= 4096);
            cr_assert(frame->file == NULL || strlen(frame->file) <= 4096);
            cr_assert_eq(frame->is_inlined, f + 1 < found.count);
        }
    }
    close_subject(&subject);
    return state == ACRE_SYMBOLS_LINES;
}

/* How many, unless the environment asks for another number. */
static uint64_t rounds(uint64_t usual)
{
    const char *asked = getenv("ACRE_SYMBOLS_FLIPS");

    return asked != NULL ? strtoull(asked, NULL, 10) : usual / test_stride(10);
}

/* Bytes that are flipped behind a part of a file, `most` of them at a time. */
static void flip(const char *path, double from, uint64_t seed, size_t most, uint64_t usual)
{
    struct memory_file file = memory_file();
    struct truth truths[TRUTHS];
    size_t truth_count = read_truths(truths), count, with_lines = 0;
    unsigned char *bytes = read_all(path, &count);
    unsigned char *bent = malloc(count);
    size_t begin = (size_t)(from * (double)count);
    uint64_t wanted = rounds(usual);

    for (uint64_t round = 0; round < wanted; round++) {
        size_t flips = 1 + next_random(&seed) % most;

        memcpy(bent, bytes, count);
        for (size_t i = 0; i < flips; i++)
            bent[begin + next_random(&seed) % (count - begin)] ^=
                (unsigned char)(1 + next_random(&seed) % 255);
        put_bytes(&file, bent, count);
        with_lines += look_all_over(file.path, truths, truth_count);
    }
    /* Most of what was flipped was not in the way: it was really read. */
    if (most < 10)
        cr_assert_gt(3 * with_lines, wanted);
    free(bytes);
    free(bent);
    close(file.descriptor);
}

/* Where the sections of debug information, of symbols and the table of sections are. */
MTest(symbols_damage, flipped_dwarf_5, .timeout = 120)
{
    flip(SUBJECT, 0.5, 1, 3, 300);
}

MTest(symbols_damage, flipped_dwarf_4, .timeout = 120)
{
    flip(OTHER, 0.5, 2, 3, 300);
}

MTest(symbols_damage, flipped_all_over, .timeout = 120)
{
    flip(SUBJECT, 0, 3, 1000, 300);
}

MTest(symbols_damage, flipped_while_it_is_packed, .timeout = 120)
{
    flip(FILES "/linked/subject.debug", 0, 4, 3, 300);
}

MTest(symbols_damage, flipped_cpp, .timeout = 120)
{
    if (SUBJECT_CPP[0] == '\0')
        cr_skip_test("there is no C++ compiler");
    flip(SUBJECT_CPP, 0.3, 5, 20, 50);
}

MTest(symbols_damage, cut_anywhere, .timeout = 120)
{
    struct memory_file file = memory_file();
    struct truth truths[TRUTHS];
    size_t truth_count = read_truths(truths), count;
    unsigned char *bytes = read_all(SUBJECT, &count);
    size_t step = 61 * test_stride(10);

    for (size_t length = 0; length < count; length += step) {
        put_bytes(&file, bytes, length);
        look_all_over(file.path, truths, truth_count);
    }
    free(bytes);
    close(file.descriptor);
}

/* Every address of the program, which takes as long as it is large, whatever is told of it. */
MTest(symbols_damage, made_to_take_forever, .timeout = 120)
{
    size_t by_siblings = 0, by_ranges = 0;
    struct subject subject;

    open_subject(&subject, MADE);
    cr_assert_eq(state_of(&subject), ACRE_SYMBOLS_LINES);
    for (uint64_t address = 0; address < 0x3000; address++) {
        const char *function = look_up(&subject, address).frames[0].function;

        by_siblings += function != NULL && strcmp(function, "by_siblings") == 0;
        by_ranges += function != NULL && strcmp(function, "by_ranges") == 0;
    }
    cr_assert(by_siblings > 0 && by_ranges > 0);
    close_subject(&subject);
}
