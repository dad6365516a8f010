#include "trace/input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include <xxhash.h>

static const struct acre_layout fields_layout = {ACRE_TRACE_MOST_FIELD_BYTES, 1,
                                                 ACRE_PURPOSE_OTHER};
static const struct acre_layout payload_layout = {ACRE_TRACE_MOST_PAYLOAD_BYTES, 16,
                                                  ACRE_PURPOSE_OTHER};

static const char cut_in_block[] = "it is cut off in the middle of a block";

/* The input reaches a state, with "PATH: " and a sentence; what comes from a file or a path cannot
 * make two lines of it. */
__attribute__((format(printf, 3, 4))) static enum acre_trace_state
end(struct acre_trace_input *input, enum acre_trace_state state, const char *format, ...)
{
    const size_t room = sizeof input->sentence;
    int used = snprintf(input->sentence, room, "%.200s: ", input->path);
    va_list arguments;

    if (input->begin > 0)
        used += snprintf(input->sentence + used, room - (size_t)used,
                         "the stream at byte %" PRIu64 ": ", input->begin);
    va_start(arguments, format);
    vsnprintf(input->sentence + used, room - (size_t)used, format, arguments);
    va_end(arguments);
    for (char *at = input->sentence; *at != '\0'; at++)
        if ((unsigned char)*at < 32 || *at == 127)
            *at = '?';
    input->state = state;
    return state;
}

static enum acre_trace_state incomplete(struct acre_trace_input *input, const char *why)
{
    return end(input, ACRE_TRACE_INCOMPLETE, "incomplete: %s", why);
}

enum acre_trace_state acre_trace_input_damaged(struct acre_trace_input *input, const char *why)
{
    return end(input, ACRE_TRACE_DAMAGED, "damaged at byte %" PRIu64 ": %s", input->offset, why);
}

enum acre_trace_state acre_trace_input_out_of_memory(struct acre_trace_input *input)
{
    return end(input, ACRE_TRACE_NO_MEMORY, "out of memory");
}

/* Reads so many bytes, fewer only where the file ends. READING unless the system refuses. */
static enum acre_trace_state get_bytes(struct acre_trace_input *input, void *bytes, size_t wanted,
                                       size_t *got)
{
    *got = 0;
    while (*got < wanted) {
        ssize_t count = read(input->file, (char *)bytes + *got, wanted - *got);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return end(input, ACRE_TRACE_UNREADABLE, "%s", strerror(errno));
        if (count == 0)
            break;
        *got += (size_t)count;
    }
    return ACRE_TRACE_READING;
}

/* The header ------------------------------------------------------------------------------------
 */

static enum acre_trace_state get_header(struct acre_trace_input *input)
{
    return get_bytes(input, input->header, sizeof input->header, &input->header_bytes);
}

/* As far as it is there. */
static bool begins_like_a_trace(const struct acre_trace_input *input)
{
    size_t count = input->header_bytes < sizeof acre_trace_magic ? input->header_bytes
                                                                 : sizeof acre_trace_magic;

    return memcmp(input->header, acre_trace_magic, count) == 0;
}

static enum acre_trace_state cut_in_header(struct acre_trace_input *input)
{
    return end(input, ACRE_TRACE_FOREIGN,
               "cut off within its header, so that nothing of it can be read");
}

static enum acre_trace_state judge_header(struct acre_trace_input *input)
{
    const unsigned char *header = input->header;
    uint32_t version = acre_trace_u32(header + 8);

    if (input->header_bytes == 0)
        return end(input, ACRE_TRACE_FOREIGN, "not a trace: the file %s",
                   input->begin > 0 ? "ends before it" : "is empty");
    if (!begins_like_a_trace(input))
        return end(input, ACRE_TRACE_FOREIGN, "not a trace: it does not begin like one");
    if (input->header_bytes < sizeof input->header)
        return cut_in_header(input);
    if (acre_trace_u32(header + 12) != ACRE_TRACE_PROBE)
        return end(input, ACRE_TRACE_FOREIGN, "a trace whose bytes are in another order");
    if (version != ACRE_TRACE_VERSION)
        return end(input, ACRE_TRACE_FOREIGN,
                   "a trace of version %" PRIu32 ", this acre reads version %d", version,
                   ACRE_TRACE_VERSION);
    if (acre_trace_u32(header + 16) > ACRE_TRACE_MOST_FIELD_BYTES)
        return acre_trace_input_damaged(input, "the header is longer than one can be");
    return ACRE_TRACE_READING;
}

/* The first bytes of a header are there; the fields follow. */
static enum acre_trace_state enter_stream(struct acre_trace_input *input)
{
    enum acre_trace_state state = judge_header(input);
    size_t field_bytes;
    size_t got;

    if (state != ACRE_TRACE_READING)
        return state;
    field_bytes = acre_trace_u32(input->header + 16);
    state = get_bytes(input, input->fields, field_bytes, &got);
    if (state != ACRE_TRACE_READING)
        return state;
    if (got < field_bytes)
        return cut_in_header(input);
    if (acre_trace_u64(input->header + 24) !=
        XXH3_64bits_withSeed(input->fields, got, XXH3_64bits(input->header, 24)))
        return acre_trace_input_damaged(input, "the checksum of the header is wrong");
    if (got == 0 || input->fields[got - 1] != '\0')
        return acre_trace_input_damaged(input, "the fields of the header have no end");
    input->field_bytes = field_bytes;
    input->offset += sizeof input->header + got;
    return ACRE_TRACE_READING;
}

const char *acre_trace_input_field(const struct acre_trace_input *input, const char *key)
{
    size_t key_bytes = strlen(key);
    size_t at = 0;

    while (at < input->field_bytes) {
        const char *field = input->fields + at;

        if (strncmp(field, key, key_bytes) == 0 && field[key_bytes] == '=')
            return field + key_bytes + 1;
        at += strlen(field) + 1;
    }
    return "";
}

/* The first one may come from a pipe, which cannot seek. */
static bool go_to(struct acre_trace_input *input, uint64_t offset)
{
    input->begin = input->offset = offset;
    if (offset > INT64_MAX)
        errno = EINVAL;
    return offset == 0 || (offset <= INT64_MAX && lseek(input->file, (off_t)offset, SEEK_SET) >= 0);
}

enum acre_trace_state acre_trace_input_open(struct acre_trace_input *input,
                                            struct acre_alloc *memory, const char *path,
                                            uint64_t offset)
{
    enum acre_trace_state state;

    *input = (struct acre_trace_input){.memory = memory, .path = path, .file = -1};
    input->fields = acre_allocate(memory, fields_layout);
    input->payload = acre_allocate(memory, payload_layout);
    input->packed = acre_allocate(memory, payload_layout);
    if (!acre_trace_unpacker_init(&input->unpacker, memory) || input->fields == NULL ||
        input->payload == NULL || input->packed == NULL)
        return acre_trace_input_out_of_memory(input);
    input->file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (input->file < 0 || !go_to(input, offset))
        return end(input, ACRE_TRACE_UNREADABLE, "%s", strerror(errno));
    state = get_header(input);
    return state == ACRE_TRACE_READING ? enter_stream(input) : state;
}

enum acre_trace_state acre_trace_input_next_stream(struct acre_trace_input *input)
{
    input->state = ACRE_TRACE_READING;
    input->sentence[0] = '\0';
    input->begin = input->offset;
    input->blocks = input->events = 0;
    input->block = (struct acre_trace_block){0};
    input->trailer = (struct acre_trace_trailer){0};
    input->field_bytes = 0;
    input->has_next = false;
    return enter_stream(input);
}

void acre_trace_input_close(struct acre_trace_input *input)
{
    acre_free(input->memory, input->fields, fields_layout);
    acre_free(input->memory, input->payload, payload_layout);
    acre_free(input->memory, input->packed, payload_layout);
    acre_trace_unpacker_fini(&input->unpacker);
    if (input->file >= 0)
        close(input->file);
    *input = (struct acre_trace_input){.memory = input->memory, .file = -1};
}

/* Blocks ----------------------------------------------------------------------------------------
 */

static const char *judge_block(const struct acre_trace_block *block)
{
    bool is_trailer = block->kind == ACRE_TRACE_BLOCK_TRAILER;

    if (block->kind != ACRE_TRACE_BLOCK_EVENTS && !is_trailer)
        return "there is no such kind of block";
    if (block->payload_bytes > ACRE_TRACE_MOST_PAYLOAD_BYTES ||
        block->unpacked_bytes > ACRE_TRACE_MOST_PAYLOAD_BYTES)
        return "a block is longer than one can be";
    if (is_trailer &&
        (block->payload_bytes != ACRE_TRACE_TRAILER_BYTES || block->unpacked_bytes != 0))
        return "the trailer has another length";
    if (!is_trailer && block->events == 0)
        return "a block has no events";
    return NULL;
}

static enum acre_trace_state take_block_header(struct acre_trace_input *input,
                                               const unsigned char *header)
{
    struct acre_trace_block *block = &input->block;
    const char *why;

    if (memcmp(header, acre_trace_block_magic, 4) != 0)
        return acre_trace_input_damaged(input, "no block begins there");
    if (acre_trace_u64(header + 48) != XXH3_64bits(header, 48))
        return acre_trace_input_damaged(input, "the checksum of a block's header is wrong");
    *block = (struct acre_trace_block){
        .kind = acre_trace_u32(header + 4),
        .sequence = acre_trace_u64(header + 8),
        .time_ns = acre_trace_u64(header + 16),
        .thread = acre_trace_u32(header + 24),
        .events = acre_trace_u32(header + 28),
        .payload_bytes = acre_trace_u32(header + 32),
        .unpacked_bytes = acre_trace_u32(header + 36),
        .payload_check = acre_trace_u64(header + 40),
    };
    if (block->sequence != input->blocks)
        return acre_trace_input_damaged(input, "a block is missing, or stands there twice");
    why = judge_block(block);
    return why != NULL ? acre_trace_input_damaged(input, why) : ACRE_TRACE_READING;
}

/* The block that was entered is whole, and behind us. */
static void leave_block(struct acre_trace_input *input)
{
    if (!input->is_in_block)
        return;
    input->offset += ACRE_TRACE_BLOCK_HEADER_BYTES + input->block.payload_bytes;
    input->events += input->block.events;
    input->blocks++;
    input->is_in_block = false;
}

/* The end of the file in the middle of a block, or in front of one, is the end of what was written.
 */
static enum acre_trace_state read_block_header(struct acre_trace_input *input)
{
    unsigned char header[ACRE_TRACE_BLOCK_HEADER_BYTES];
    size_t got;
    enum acre_trace_state state = get_bytes(input, header, sizeof header, &got);

    if (state != ACRE_TRACE_READING)
        return state;
    if (got == 0)
        return incomplete(input, "its trailer is missing; the recording was cut off or goes on");
    if (got < sizeof header)
        return incomplete(input, cut_in_block);
    return take_block_header(input, header);
}

/* Into `bytes`, as it is in the file. */
static enum acre_trace_state read_payload(struct acre_trace_input *input, unsigned char *bytes)
{
    size_t got;
    enum acre_trace_state state = get_bytes(input, bytes, input->block.payload_bytes, &got);

    if (state != ACRE_TRACE_READING)
        return state;
    if (got < input->block.payload_bytes)
        return incomplete(input, cut_in_block);
    if (input->block.payload_check != XXH3_64bits(bytes, got))
        return acre_trace_input_damaged(input, "the checksum of a block is wrong");
    return ACRE_TRACE_READING;
}

/* The trailer -----------------------------------------------------------------------------------
 */

const char *acre_trace_end_text(enum acre_trace_end end, uint32_t error, char *text,
                                size_t text_bytes)
{
    static const char *const texts[ACRE_TRACE_ENDS] = {
        [0] = "has no trailer",
        [ACRE_TRACE_END_FINISHED] = "finished",
        [ACRE_TRACE_END_LIMIT] = "reached the most bytes it may have",
        [ACRE_TRACE_END_ERROR] = "could not be written",
        [ACRE_TRACE_END_KILLED] = "was killed",
        [ACRE_TRACE_END_EXEC] = "became another program",
        [ACRE_TRACE_END_RUNNING] = "was still running",
        [ACRE_TRACE_END_UNKNOWN] = "ended, nobody knows how",
    };
    const char *known = (unsigned)end < ACRE_TRACE_ENDS ? texts[end] : "?";

    if (end == ACRE_TRACE_END_ERROR)
        snprintf(text, text_bytes, "%s (%.80s)", known, strerror((int)(error & 0xffff)));
    else if (end == ACRE_TRACE_END_KILLED && error != 0)
        snprintf(text, text_bytes, "%s by signal %" PRIu32, known, error);
    else
        snprintf(text, text_bytes, "%s", known);
    return text;
}

static enum acre_trace_state judge_trailer(struct acre_trace_input *input)
{
    const struct acre_trace_trailer *trailer = &input->trailer;
    char how[128];

    if (trailer->blocks != input->blocks || trailer->events != input->events)
        return acre_trace_input_damaged(
            input, "the trailer tells of other blocks and events than there are");
    if (trailer->end < ACRE_TRACE_END_FINISHED || trailer->end >= ACRE_TRACE_ENDS)
        return acre_trace_input_damaged(input, "the trailer tells of no end that there is");
    if (trailer->end == ACRE_TRACE_END_FINISHED && trailer->dropped == 0) {
        input->state = ACRE_TRACE_COMPLETE;
        return input->state;
    }
    acre_trace_end_text((enum acre_trace_end)trailer->end, trailer->error, how, sizeof how);
    if (trailer->dropped == 0)
        return end(input, ACRE_TRACE_INCOMPLETE, "incomplete: it %s", how);
    return end(input, ACRE_TRACE_INCOMPLETE, "incomplete: it %s, %" PRIu64 " event%s dropped", how,
               trailer->dropped, trailer->dropped == 1 ? " was" : "s were");
}

/* Behind it is the end of the file, or the header of another stream, of which a part will do. */
static enum acre_trace_state read_trailer(struct acre_trace_input *input)
{
    const unsigned char *at = input->payload;
    enum acre_trace_state state = read_payload(input, input->payload);

    if (state == ACRE_TRACE_READING)
        state = get_header(input);
    if (state != ACRE_TRACE_READING)
        return state;
    input->trailer = (struct acre_trace_trailer){
        .end = acre_trace_u32(at),
        .error = acre_trace_u32(at + 4),
        .blocks = acre_trace_u64(at + 8),
        .events = acre_trace_u64(at + 16),
        .dropped = acre_trace_u64(at + 24),
        .overhead_ns = acre_trace_u64(at + 32),
    };
    state = judge_trailer(input);
    if (state == ACRE_TRACE_DAMAGED)
        return state;
    input->offset += ACRE_TRACE_BLOCK_HEADER_BYTES + ACRE_TRACE_TRAILER_BYTES;
    input->has_next = input->header_bytes > 0;
    if (!begins_like_a_trace(input))
        return acre_trace_input_damaged(input, "something stands behind the trailer");
    return state;
}

/* From block to block ---------------------------------------------------------------------------
 */

/* READING: the header of a block of events was read. */
static enum acre_trace_state enter_block(struct acre_trace_input *input)
{
    enum acre_trace_state state;

    if (input->state != ACRE_TRACE_READING)
        return input->state;
    leave_block(input);
    state = read_block_header(input);
    if (state != ACRE_TRACE_READING)
        return state;
    if (input->block.kind == ACRE_TRACE_BLOCK_TRAILER)
        return read_trailer(input);
    input->is_in_block = true;
    return ACRE_TRACE_READING;
}

enum acre_trace_state acre_trace_input_next(struct acre_trace_input *input,
                                            struct acre_trace_cursor *payload)
{
    enum acre_trace_state state = enter_block(input);
    const struct acre_trace_block *block = &input->block;
    bool is_packed = block->unpacked_bytes != 0;

    if (state == ACRE_TRACE_READING)
        state = read_payload(input, is_packed ? input->packed : input->payload);
    if (state != ACRE_TRACE_READING)
        return state;
    if (is_packed && !acre_trace_unpack(&input->unpacker, input->packed, block->payload_bytes,
                                        input->payload, block->unpacked_bytes))
        return acre_trace_input_damaged(input, "a block cannot be unpacked");
    payload->at = input->payload;
    payload->end = input->payload + (is_packed ? block->unpacked_bytes : block->payload_bytes);
    return ACRE_TRACE_READING;
}

/* Its last byte is read, so that it is known to be there. */
static enum acre_trace_state pass_over(struct acre_trace_input *input, size_t count)
{
    size_t wanted = count;
    size_t got;
    enum acre_trace_state state;

    if (count > 0 && lseek(input->file, (off_t)count - 1, SEEK_CUR) >= 0)
        wanted = 1;
    state = get_bytes(input, input->payload, wanted, &got);
    if (state == ACRE_TRACE_READING && got < wanted)
        return incomplete(input, cut_in_block);
    return state;
}

enum acre_trace_state acre_trace_input_skip(struct acre_trace_input *input)
{
    enum acre_trace_state state = enter_block(input);

    return state == ACRE_TRACE_READING ? pass_over(input, input->block.payload_bytes) : state;
}
