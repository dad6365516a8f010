/* Raw recordings for tests, made by hand: what the recorder's library would have written. */
#ifndef ACRE_TESTS_RECORD_RAW_MADE_H
#define ACRE_TESTS_RECORD_RAW_MADE_H

#include "support/mtest.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record/seal.h"

enum { RAW_STATES = 4, RAW_BLOCKS = 8, RAW_PID = 4000000 }; /* no process has that number */

/* A file in the making: one block a state, more when asked for. */
struct raw {
    struct acre_raw_head head;
    union {
        struct acre_raw_head whole; /* no smaller, and aligned */
        uint64_t words[ACRE_RAW_BLOCK_BYTES / 8];
    } blocks[RAW_BLOCKS];
    size_t used[RAW_BLOCKS];
    size_t current[RAW_STATES + 1]; /* block of each state, plus one; 0: none */
    uint64_t stacks[RAW_STATES + 1];
    char name[64];
};

static inline struct raw *raw_new(const char *name, uint32_t process, uint64_t ticks)
{
    struct raw *raw = calloc(1, sizeof *raw);

    raw->head = (struct acre_raw_head){
        .magic = ACRE_RAW_MAGIC,
        .block_bytes = ACRE_RAW_BLOCK_BYTES,
        .stacks = ACRE_RAW_UNWIND,
        .most_blocks = 1000,
        .process = process,
        .parent = 1,
        .born = 77,
        .ticks = ticks,
        .ns = 1000000 + ticks,
        .utc_ns = UINT64_C(1700000000000000000),
        .end = ACRE_RAW_END_EXIT,
        .executable = "/usr/bin/program",
        .allocator = "/lib/libc.so.6",
        .command_bytes = 16,
        .command = "program\0a b\0--c", /* the last zero is one of its bytes */
    };
    snprintf(raw->name, sizeof raw->name, "%s", name);
    return raw;
}

/* The next block of a state, of this thread, from these ticks on. */
static inline void raw_block(struct raw *raw, uint64_t state, uint32_t thread, uint64_t ticks)
{
    size_t block = raw->head.blocks++;
    struct acre_raw_block *head = (void *)raw->blocks[block].words;

    cr_assert_lt(block, (size_t)RAW_BLOCKS);
    head->magic = ACRE_RAW_BLOCK_MAGIC;
    head->thread = thread;
    head->state = state;
    head->ticks = ticks;
    head->ns = 1000000 + ticks;
    head->overhead_ticks = 10;
    raw->current[state] = block + 1;
}

static inline void raw_words(struct raw *raw, uint64_t state, const uint64_t *words, size_t count)
{
    size_t block;

    if (raw->current[state] == 0)
        raw_block(raw, state, 100 + (uint32_t)state, raw->head.ticks);
    block = raw->current[state] - 1;
    cr_assert_leq(raw->used[block] + count, (size_t)ACRE_RAW_BLOCK_WORDS);
    if (count > 0)
        memcpy(raw->blocks[block].words + sizeof(struct acre_raw_block) / 8 + raw->used[block],
               words, count * sizeof *words);
    raw->used[block] += count;
}

/* A call with a time. */
static inline void raw_call(struct raw *raw, uint64_t state, uint64_t ticks, uint32_t kind,
                            uint64_t address, uint64_t bytes, uint32_t stack)
{
    const uint64_t words[] = {address | kind | ACRE_RAW_STAMPED |
                                  UINT64_C(8) << ACRE_RAW_EXCESS_SHIFT,
                              bytes | (uint64_t)stack << 32, ticks};

    raw_words(raw, state, words, 3);
}

/* One of the time of the call before it. */
static inline void raw_short_free(struct raw *raw, uint64_t state, uint64_t address, uint32_t stack)
{
    const uint64_t word = address | ACRE_RAW_SHORT_FREE | (uint64_t)stack << ACRE_RAW_STACK_SHIFT;

    raw_words(raw, state, &word, 1);
}

static inline void raw_long(struct raw *raw, uint64_t state, uint64_t ticks, uint32_t kind,
                            uint64_t address, uint64_t bytes, uint32_t log2_align, uint32_t call)
{
    const uint64_t words[] = {(address & ACRE_RAW_ADDRESS_BITS) | kind | ACRE_RAW_STAMPED |
                                  ACRE_RAW_LONG,
                              0,
                              ticks,
                              bytes,
                              bytes + 5,
                              address,
                              log2_align | (uint64_t)call << 8};

    raw_words(raw, state, words, 7);
}

static inline void raw_note(struct raw *raw, uint64_t state, uint64_t ticks, uint32_t what,
                            const uint64_t *words, size_t count)
{
    const uint64_t head[] = {ACRE_RAW_NOTE | (uint64_t)what << 4 | (uint64_t)count << 16, ticks};

    raw_words(raw, state, head, 2);
    raw_words(raw, state, words, count);
}

static inline void raw_text(struct raw *raw, uint64_t state, uint64_t ticks, uint32_t what,
                            uint64_t number, const char *text)
{
    uint64_t words[16] = {number};

    cr_assert_lt(strlen(text), (size_t)15 * 8);
    memcpy(words + 1, text, strlen(text));
    raw_note(raw, state, ticks, what, words, 2 + strlen(text) / 8);
}

/* One module of 4096 bytes at `first`, which was linked for address 0. */
static inline void raw_module(struct raw *raw, uint64_t state, uint64_t ticks, uint64_t first,
                              const char *path)
{
    uint64_t words[16] = {first, first, 4096, 4, 0x44332211};

    memcpy(words + 5, path, strlen(path));
    raw_note(raw, state, ticks, ACRE_RAW_MODULE, words, 6 + strlen(path) / 8);
}

/* Its number. */
static inline uint32_t raw_stack(struct raw *raw, uint64_t state, uint64_t ticks,
                                 const uint64_t *addresses, size_t count)
{
    raw_note(raw, state, ticks, ACRE_RAW_STACK, addresses, count);
    return (uint32_t)++raw->stacks[state];
}

/* Bytes of the file: the head, and as many blocks as were taken. */
static inline size_t raw_bytes(const struct raw *raw)
{
    return ACRE_RAW_BLOCK_BYTES * (1 + (size_t)raw->head.blocks);
}

/* The caller's to free. */
static inline unsigned char *raw_image(const struct raw *raw)
{
    unsigned char *bytes = calloc(1, raw_bytes(raw));

    memcpy(bytes, &raw->head, sizeof raw->head);
    memcpy(bytes + ACRE_RAW_BLOCK_BYTES, raw->blocks, raw_bytes(raw) - ACRE_RAW_BLOCK_BYTES);
    return bytes;
}

static inline void raw_write(const char *directory, const char *name, const void *bytes,
                             size_t count)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s.raw", directory, name);
    file = fopen(path, "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(bytes, 1, count, file), count);
    cr_assert_eq(fclose(file), 0);
}

/* Into the directory, and gone. */
static inline void raw_save(struct raw *raw, const char *directory)
{
    unsigned char *bytes = raw_image(raw);

    raw_write(directory, raw->name, bytes, raw_bytes(raw));
    free(bytes);
    free(raw);
}

#endif
