#include "record/raw_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc/grow.h"

static const struct acre_layout head_layout = {sizeof(struct acre_raw_head),
                                               _Alignof(struct acre_raw_head), ACRE_PURPOSE_OTHER};

/* Reads what is there; the rest is 0. */
static void read_at(int file, void *bytes, size_t wanted, uint64_t offset)
{
    size_t got = 0;

    while (got < wanted) {
        ssize_t count = pread(file, (char *)bytes + got, wanted - got, (off_t)(offset + got));

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        got += (size_t)count;
    }
    memset((char *)bytes + got, 0, wanted - got);
}

static uint64_t offset_of(uint64_t index)
{
    return (index + 1) * ACRE_RAW_BLOCK_BYTES;
}

/* The head -------------------------------------------------------------------------------------
 */

static void end_strings(struct acre_raw_head *head)
{
    head->executable[sizeof head->executable - 1] = '\0';
    head->allocator[sizeof head->allocator - 1] = '\0';
    head->hidden_by[sizeof head->hidden_by - 1] = '\0';
    head->refusal[sizeof head->refusal - 1] = '\0';
    head->fork_file[sizeof head->fork_file - 1] = '\0';
    if (head->command_bytes > sizeof head->command)
        head->command_bytes = sizeof head->command;
}

static bool read_head(struct acre_raw_file *raw)
{
    struct acre_raw_head *head = raw->head;

    read_at(raw->file, head, sizeof *head, 0);
    end_strings(head);
    return head->magic == ACRE_RAW_MAGIC && head->block_bytes == ACRE_RAW_BLOCK_BYTES;
}

/* Blocks ---------------------------------------------------------------------------------------
 */

static uint64_t most_blocks(const struct acre_raw_file *raw)
{
    uint64_t taken = raw->head->blocks;
    struct stat about;
    uint64_t there;

    if (fstat(raw->file, &about) != 0 || about.st_size < 0)
        return 0;
    there = (uint64_t)about.st_size / ACRE_RAW_BLOCK_BYTES;
    there -= there > 0;
    taken = taken < raw->head->most_blocks ? taken : raw->head->most_blocks;
    return taken < there ? taken : there;
}

static int by_state(const void *left, const void *right)
{
    const struct acre_raw_place *a = left, *b = right;

    if (a->state != b->state)
        return a->state < b->state ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static bool find_places(struct acre_raw_file *raw)
{
    uint64_t count = most_blocks(raw);

    for (uint64_t i = 0; i < count; i++) {
        struct acre_raw_block block;

        read_at(raw->file, &block, sizeof block, offset_of(i));
        if (block.magic != ACRE_RAW_BLOCK_MAGIC || block.state == 0) {
            raw->damaged_blocks += block.magic != 0;
            continue; /* taken, and never begun: its thread was ended in between */
        }
        raw->overhead_ticks += block.overhead_ticks;
        if (block.ticks > raw->last_ticks) {
            raw->last_ticks = block.ticks;
            raw->last_ns = block.ns;
        }
        if (!acre_grow(raw->memory, &raw->places, raw->place_count, &raw->place_capacity,
                       sizeof *raw->places))
            return false;
        raw->places[raw->place_count++] = (struct acre_raw_place){block.state, i, block.ticks};
    }
    if (raw->place_count > 0)
        qsort(raw->places, raw->place_count, sizeof *raw->places, by_state);
    return true;
}

void acre_raw_read_block(const struct acre_raw_file *raw, const struct acre_raw_place *place,
                         uint64_t *words, uint32_t *thread)
{
    struct acre_raw_block block;

    read_at(raw->file, &block, sizeof block, offset_of(place->index));
    read_at(raw->file, words, ACRE_RAW_BLOCK_WORDS * sizeof *words,
            offset_of(place->index) + sizeof block);
    *thread = block.thread;
}

/* All of it ------------------------------------------------------------------------------------
 */

static enum acre_raw_opened give_up(struct acre_raw_file *raw, enum acre_raw_opened why)
{
    int cause = errno;

    acre_raw_close(raw);
    errno = cause;
    return why;
}

enum acre_raw_opened acre_raw_open(struct acre_raw_file *raw, struct acre_alloc *memory,
                                   int directory, const char *name)
{
    size_t name_bytes = strlen(name) + 1;

    *raw = (struct acre_raw_file){.memory = memory, .file = -1};
    if (name_bytes > sizeof raw->name)
        return ACRE_RAW_FOREIGN;
    memcpy(raw->name, name, name_bytes);
    raw->file = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
    if (raw->file < 0)
        return give_up(raw, ACRE_RAW_UNREADABLE);
    raw->head = acre_allocate(memory, head_layout);
    if (raw->head == NULL)
        return give_up(raw, ACRE_RAW_NO_MEMORY);
    if (!read_head(raw))
        return give_up(raw, ACRE_RAW_FOREIGN);
    if (!find_places(raw))
        return give_up(raw, ACRE_RAW_NO_MEMORY);
    return ACRE_RAW_OPENED;
}

void acre_raw_close(struct acre_raw_file *raw)
{
    acre_free_elements(raw->memory, raw->places, raw->place_capacity, sizeof *raw->places);
    acre_free(raw->memory, raw->head, head_layout);
    if (raw->file >= 0)
        close(raw->file);
    *raw = (struct acre_raw_file){.memory = raw->memory, .file = -1};
}
