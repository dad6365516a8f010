/*
 * Holds the stacks of a recording against those that the program has told (stacks.c):
 *
 *    stacks_agree FILE.acre FILE      "N stacks agree", or the first that does not
 *
 * By frame pointers a stack is only held up to the first address of other code than the program's:
 * the C library has none, and what follows behind it is chance.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc/backends.h"
#include "trace/reader.h"

enum {
    MOST_FRAMES = 2000,
    RECORDS = 30000,
    FIRST_SIZE = 1000000,
    KEPT = 512,
    BEHIND_MAIN = 2,
    KEPT_INNERMOST = 128
};

static uint32_t stacks[RECORDS]; /* of the block of that size; 0: it was not seen */

/* Return addresses again, innermost first; 0 for frames that were left out. */
static size_t unroll(const struct acre_trace_reader *reader, uint32_t node, uint64_t *addresses)
{
    size_t count = 0;

    while (node != 0 && count < MOST_FRAMES) {
        const struct acre_trace_frame *frame = acre_trace_frame_of(&reader->frames, node);
        uint64_t bias = frame->module != 0
                            ? acre_trace_module_of(&reader->modules, frame->module)->load_bias
                            : 0;

        addresses[count++] =
            frame->module == 0 && frame->offset == 0 ? 0 : frame->offset + bias + 1;
        node = frame->parent;
    }
    return count;
}

/* The first recorded frame is of the function that allocated. What was left out is in the middle;
 * `missing` of the outermost are not there. */
static int agrees(const uint64_t *recorded, size_t recorded_count, const uint64_t *told,
                  size_t count, size_t missing)
{
    const size_t outermost = KEPT - KEPT_INNERMOST - 1;

    if (recorded_count == count + 1)
        return memcmp(recorded + 1, told, count * sizeof *told) == 0;
    return recorded_count == KEPT && count > KEPT && recorded[KEPT_INNERMOST] == 0 &&
           memcmp(recorded + 1, told, (KEPT_INNERMOST - 1) * sizeof *told) == 0 &&
           memcmp(recorded + KEPT_INNERMOST + 1, told + count - missing - outermost,
                  outermost * sizeof *told) == 0;
}

static int is_of_program(const struct acre_trace_reader *reader, uint64_t allocator,
                         uint64_t address)
{
    for (uint32_t m = 1; m <= reader->modules.count; m++) {
        const struct acre_trace_module *module = acre_trace_module_of(&reader->modules, m);

        if (allocator - module->first_address < module->bytes)
            return address - module->first_address < module->bytes;
    }
    return 0;
}

static int agrees_up_to_library(const struct acre_trace_reader *reader, const uint64_t *recorded,
                                size_t recorded_count, const uint64_t *told, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i + 1 >= recorded_count || recorded[i + 1] != told[i])
            return 0;
        if (!is_of_program(reader, recorded[0], told[i]))
            return 1;
    }
    return recorded_count == count + 1;
}

static void print(const char *what, const uint64_t *addresses, size_t count)
{
    printf("%s", what);
    for (size_t i = 0; i < count; i++)
        printf(" %" PRIx64, addresses[i]);
    printf("\n");
}

static int compare(const struct acre_trace_reader *reader, FILE *file)
{
    int by_frame_pointers = strcmp(acre_trace_field(reader, "stacks"), "fp") == 0;
    uint64_t recorded[MOST_FRAMES], told[MOST_FRAMES];
    uint64_t head[2];
    size_t good = 0, bad = 0;

    while (fread(head, sizeof head, 1, file) == 1) {
        size_t count;

        if (head[1] > MOST_FRAMES || head[0] - FIRST_SIZE >= RECORDS ||
            fread(told, sizeof *told, head[1], file) != head[1])
            return 2;
        count = unroll(reader, stacks[head[0] - FIRST_SIZE], recorded);
        if (agrees(recorded, count, told, head[1], 0) ||
            (by_frame_pointers && (agrees(recorded, count, told, head[1], BEHIND_MAIN) ||
                                   agrees_up_to_library(reader, recorded, count, told, head[1])))) {
            good++;
            continue;
        }
        if (bad++ == 0) {
            printf("size %" PRIu64 "\n", head[0]);
            print("  told", told, head[1]);
            print("  recorded", recorded, count);
        }
    }
    printf("%zu stacks agree, %zu do not\n", good, bad);
    return bad > 0 || good == 0;
}

int main(int argc, char **argv)
{
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_trace_reader reader;
    struct acre_trace_event event;
    FILE *file = argc == 3 ? fopen(argv[2], "rb") : NULL;
    int status = 2;

    if (memory == NULL || file == NULL)
        return 2;
    if (acre_trace_reader_open(&reader, memory, argv[1], 0) == ACRE_TRACE_READING) {
        while (acre_trace_next(&reader, &event) == ACRE_TRACE_READING)
            if (event.kind == ACRE_TRACE_ALLOCATE && event.layout.size - FIRST_SIZE < RECORDS)
                stacks[event.layout.size - FIRST_SIZE] = event.stack;
        status = compare(&reader, file);
    }
    acre_trace_reader_close(&reader);
    acre_destroy(memory);
    fclose(file);
    return status;
}
