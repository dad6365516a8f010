#include "import/heaptrack.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "import/modules.h"
#include "import/unpack.h"
#include "report/error_text.h"

enum { FORMAT = 3, MALLOC_ALIGN = 16, NS_A_MS = 1000000, PACKING_LEVEL = 1 };

/* Of a line that counts; heaptrack's own reader has no limit. What is longer of a command is cut
 * off. */
enum { MOST_LINE_BYTES = 64 * 1024, MOST_COMMAND_BYTES = 32 * 1024 };

/* A line, with a zero byte in place of its end, and how far it is read. */
struct line {
    char *text;
    size_t bytes;
    const char *at;
    uint64_t number; /* from 1 */
    bool is_cut;     /* it had more bytes */
    bool is_whole;   /* its end was there */
};

struct work {
    struct acre_import *import;
    const char *from;
    struct acre_alloc *memory;
    const char *producer;
    struct acre_unpack unpack;
    struct line line;
    char before;      /* kind of the line before */
    bool has_version; /* the first line was read */
    bool is_in_command;

    char executable[ACRE_TRACE_MOST_PATH_BYTES + 1];
    char command[MOST_COMMAND_BYTES + 1];

    struct acre_trace_writer writer;
    const char *to;
    struct acre_import_modules modules;
    uint64_t time_ns, requested_bytes;

    enum acre_exit status; /* another than OK ends it */
    char *error;
    size_t error_bytes;
};

static const struct acre_layout line_layout = {MOST_LINE_BYTES + 1, 1, ACRE_PURPOSE_OTHER};

/* Always false. */
static bool fail(struct work *work, enum acre_exit status, const char *why)
{
    work->status = status;
    if (status == ACRE_EXIT_MEMORY)
        acre_error_text(work->error, work->error_bytes, "%s: out of memory", work->from);
    else
        acre_error_text(work->error, work->error_bytes, "%s: line %" PRIu64 ": %s", work->from,
                        work->line.number, why);
    return false;
}

/* Lines -----------------------------------------------------------------------------------------
 */

static void keep(struct line *line, const unsigned char *bytes, size_t count)
{
    size_t room = MOST_LINE_BYTES - line->bytes;

    line->is_cut |= count > room;
    count = count < room ? count : room;
    memcpy(line->text + line->bytes, bytes, count);
    line->bytes += count;
}

/* False: there is none any more. */
static bool next_line(struct work *work)
{
    struct acre_unpack *unpack = &work->unpack;
    struct line *line = &work->line;
    bool is_any = false;

    line->bytes = 0;
    line->is_cut = line->is_whole = false;
    while (!line->is_whole && (unpack->at < unpack->end || acre_unpack_more(unpack))) {
        size_t ready = (size_t)(unpack->end - unpack->at);
        const unsigned char *end = memchr(unpack->at, '\n', ready);
        size_t count = end != NULL ? (size_t)(end - unpack->at) : ready;

        keep(line, unpack->at, count);
        unpack->at += count + (end != NULL);
        line->is_whole = end != NULL;
        is_any = true;
    }
    line->text[line->bytes] = '\0';
    line->at = line->text + 1;
    line->number += is_any;
    return is_any;
}

static unsigned digit_of(char letter)
{
    if (letter >= '0' && letter <= '9')
        return (unsigned)(letter - '0');
    return letter >= 'a' && letter <= 'f' ? (unsigned)(letter - 'a') + 10 : 16;
}

/* The next number, with a blank in front of it; one of more than 64 bits is none. */
static bool read_number(struct line *line, uint64_t *number)
{
    const char *at = line->at + 1;
    unsigned digits = 0;

    *number = 0;
    if (*line->at != ' ')
        return false;
    for (; digit_of(*at) < 16; at++) {
        if (++digits > 16)
            return false;
        *number = *number << 4 | digit_of(*at);
    }
    if (digits > 0)
        line->at = at;
    return digits > 0;
}

static bool read_end(const struct line *line)
{
    return line->at == line->text + line->bytes;
}

/* A blank, a length, a blank, so many bytes. */
static bool read_path(struct line *line, const char **path, size_t *bytes)
{
    uint64_t length;

    if (!read_number(line, &length) || *line->at != ' ' || length > ACRE_TRACE_MOST_PATH_BYTES ||
        length > (uint64_t)(line->text + line->bytes - (line->at + 1)))
        return false;
    *path = line->at + 1;
    *bytes = (size_t)length;
    line->at = *path + length;
    return memchr(*path, '\0', *bytes) == NULL;
}

/* The trace -------------------------------------------------------------------------------------
 */

/* When all that a header has is known. Fields that would be about this process are empty. */
static bool open_trace(struct work *work)
{
    const struct acre_trace_field fields[] = {
        {"executable", work->executable},
        {"stacks", "heaptrack"},
        {"pid", ""},
        {"started", ""},
        {"clock", "heaptrack, in steps of 10 ms"},
        {"events_a_stamp", ""},
    };
    const struct acre_trace_about about = {
        .producer = work->producer,
        .command = work->command,
        .fields = fields,
        .field_count = sizeof fields / sizeof fields[0],
    };
    const struct acre_trace_options options = {
        .limit_bytes = INT64_MAX, .packing_level = PACKING_LEVEL, .begin_ns = 1};

    work->import->is_made = acre_trace_writer_open(&work->writer, work->memory, work->to, &options,
                                                   &about, work->error, work->error_bytes);
    if (!work->import->is_made)
        work->status = ACRE_EXIT_IO;
    return work->import->is_made;
}

static void put(struct work *work, const struct acre_trace_event *event)
{
    acre_trace_put_at(&work->writer, event, work->time_ns, 1);
}

/* Complete is what was read to its end and has, last of all, what heaptrack writes when a program
 * ends. */
static void close_trace(struct work *work)
{
    bool is_finished = work->status == ACRE_EXIT_OK && work->before == 'R';
    const struct acre_trace_ending ending = {
        .end = is_finished ? ACRE_TRACE_END_FINISHED : ACRE_TRACE_END_UNKNOWN,
        .time_ns = work->time_ns,
    };
    char error[512];

    if (!acre_trace_writer_close(&work->writer, &ending, error, sizeof error)) {
        work->status = ACRE_EXIT_IO;
        acre_error_text(work->error, work->error_bytes, "%s", error);
    }
    work->import->file_bytes = work->writer.file_bytes;
}

/* Kinds of lines --------------------------------------------------------------------------------
 *
 * Each is false when it is not as heaptrack writes it, or for another reason that is told then.
 */

static bool take_version(struct work *work)
{
    uint64_t version, format;

    if (!read_number(&work->line, &version) || !read_number(&work->line, &format))
        return false;
    work->has_version = true;
    return format == FORMAT ||
           fail(work, ACRE_EXIT_INPUT, "a version of heaptrack's format that acre does not know");
}

static bool take_executable(struct work *work)
{
    const char *path;
    size_t bytes;

    if (!read_path(&work->line, &path, &bytes))
        return false;
    memcpy(work->executable, path, bytes);
    work->executable[bytes] = '\0';
    return read_end(&work->line);
}

/* Of the command what there is room for. */
static void keep_command(struct work *work, const char *text)
{
    size_t used = strlen(work->command);

    snprintf(work->command + used, sizeof work->command - used, "%s%s", used > 0 ? " " : "", text);
}

/* Bytes of a page, and pages of the machine: the line behind the command. */
static bool is_system(const struct work *work)
{
    struct line line = work->line;
    uint64_t page_bytes, pages;

    return line.text[0] == 'I' && read_number(&line, &page_bytes) && read_number(&line, &pages) &&
           read_end(&line);
}

/* Segments are told from the first to the last; "x" is the executable. */
static bool take_module(struct work *work)
{
    struct acre_import_module module = {.first = UINT64_MAX};
    const char *path;
    uint64_t begin, bytes;

    if (!read_path(&work->line, &path, &module.path_bytes))
        return false;
    module.path = (char *)(uintptr_t)path;
    if (module.path_bytes == 1 && *path == '-') {
        acre_import_modules_clear(&work->modules);
        return true;
    }
    if (module.path_bytes == 1 && *path == 'x') {
        module.path = work->executable;
        module.path_bytes = strlen(work->executable);
    }
    if (!read_number(&work->line, &module.bias))
        return false;
    while (read_number(&work->line, &begin)) {
        if (!read_number(&work->line, &bytes))
            return false;
        begin += module.bias;
        if (begin < module.bias || begin + bytes < begin)
            return false;
        module.first = begin < module.first ? begin : module.first;
        module.end = begin + bytes > module.end ? begin + bytes : module.end;
    }
    if (!read_end(&work->line))
        return false;
    return module.end <= module.first || acre_import_modules_add(&work->modules, &module) ||
           fail(work, ACRE_EXIT_MEMORY, "");
}

static bool take_frame(struct work *work)
{
    uint64_t address, parent;
    struct acre_trace_frame frame;

    if (!read_number(&work->line, &address) || !read_number(&work->line, &parent) ||
        !read_end(&work->line) || parent > work->writer.frames)
        return false;
    if (work->writer.frames == ACRE_TRACE_MOST_FRAMES)
        return fail(work, ACRE_EXIT_INPUT, "more frames than a trace can have");
    frame = acre_import_modules_frame(&work->modules, &work->writer, address);
    frame.parent = (uint32_t)parent;
    acre_trace_put_frame(&work->writer, &frame);
    return true;
}

static bool take_birth(struct work *work)
{
    uint64_t bytes, stack;
    struct acre_trace_event event = {
        .kind = ACRE_TRACE_ALLOCATE,
        .layout = {.align = MALLOC_ALIGN, .purpose = ACRE_PURPOSE_OTHER},
    };

    if (!read_number(&work->line, &bytes) || !read_number(&work->line, &stack) ||
        !read_number(&work->line, &event.object) || !read_end(&work->line) ||
        stack > work->writer.frames)
        return false;
    if (bytes > ACRE_TRACE_MOST_REQUESTED_BYTES - MALLOC_ALIGN - work->requested_bytes)
        return fail(work, ACRE_EXIT_INPUT, "more bytes than memory can have");
    work->requested_bytes += bytes;
    event.layout.size = (size_t)bytes;
    event.stack = (uint32_t)stack;
    put(work, &event);
    work->import->births++;
    return true;
}

/* The trace's reader knows of what; the alignment is that of births. */
static bool take_death(struct work *work)
{
    struct acre_trace_event event = {
        .kind = ACRE_TRACE_FREE,
        .layout = {.align = MALLOC_ALIGN, .purpose = ACRE_PURPOSE_OTHER},
    };

    if (!read_number(&work->line, &event.object) || !read_end(&work->line))
        return false;
    put(work, &event);
    work->import->deaths++;
    return true;
}

static bool take_time(struct work *work)
{
    uint64_t ms;

    if (!read_number(&work->line, &ms) || !read_end(&work->line) || ms > INT64_MAX / NS_A_MS)
        return false;
    work->time_ns = ms * NS_A_MS > work->time_ns ? ms * NS_A_MS : work->time_ns;
    return true;
}

static bool take_of_trace(struct work *work)
{
    switch (work->line.text[0]) {
    case 'm':
        return take_module(work);
    case 't':
        return take_frame(work);
    case '+':
        return take_birth(work);
    case '-':
        return take_death(work);
    case 'c':
        return take_time(work);
    default:
        return strchr("IRAS#", work->line.text[0]) != NULL; /* nothing that a trace has */
    }
}

/* The whole -------------------------------------------------------------------------------------
 */

static bool take_line(struct work *work)
{
    char kind = work->line.text[0];

    if (!work->has_version)
        return kind == 'v' && take_version(work);
    if (!work->is_in_command && strchr("sia", kind) != NULL && kind != '\0')
        return fail(work, ACRE_EXIT_INPUT,
                    "it is interpreted already: acre reads what 'heaptrack --raw' writes");
    if (kind == 'x' && !work->is_in_command)
        return take_executable(work);
    if (kind == 'X' || (work->is_in_command && !is_system(work))) {
        keep_command(work, work->line.text + (work->is_in_command || work->line.bytes < 2 ? 0 : 2));
        work->is_in_command = true;
        return true;
    }
    work->is_in_command = false;
    return (work->import->is_made || open_trace(work)) && take_of_trace(work);
}

/* False: it is over. An end without a line end is that of a file that was cut. */
static bool read_line(struct work *work)
{
    if (!next_line(work))
        return false;
    if (!work->line.is_whole)
        return false;
    if (work->line.bytes == 0)
        return true;
    if ((work->line.is_cut && work->line.text[0] != 'X' && !work->is_in_command) ||
        !take_line(work)) {
        if (work->status == ACRE_EXIT_OK)
            fail(work, ACRE_EXIT_INPUT,
                 work->has_version
                     ? "not what heaptrack writes"
                     : "not a recording of heaptrack's, which begins with its version");
        return false;
    }
    work->before = work->line.text[0];
    return work->writer.end == 0;
}

/* Why there are no more lines. */
static void judge_end(struct work *work)
{
    enum acre_unpack_state state = work->unpack.state;

    if (work->status != ACRE_EXIT_OK || (work->import->is_made && work->writer.end != 0))
        return;
    if (state == ACRE_UNPACK_NO_MEMORY) {
        fail(work, ACRE_EXIT_MEMORY, "");
    } else if (state == ACRE_UNPACK_UNREADABLE) {
        work->status = ACRE_EXIT_IO;
        acre_error_text(work->error, work->error_bytes, "cannot read %s: %s", work->from,
                        strerror(work->unpack.error));
    } else if (state == ACRE_UNPACK_DAMAGED) {
        fail(work, ACRE_EXIT_INPUT, "what follows cannot be unpacked");
    } else if (!work->has_version) {
        fail(work, ACRE_EXIT_INPUT, "not a recording of heaptrack's: the file ends first");
    } else if (state == ACRE_UNPACK_CUT || (work->line.bytes > 0 && !work->line.is_whole)) {
        fail(work, ACRE_EXIT_NO, "it is cut off there");
    } else if (!work->import->is_made) {
        open_trace(work);
    }
}

enum acre_exit acre_import_heaptrack(struct acre_import *import, const char *from, const char *to,
                                     struct acre_alloc *memory, const char *producer, char *error,
                                     size_t error_bytes)
{
    static const struct acre_layout layout = {sizeof(struct work), 64, ACRE_PURPOSE_OTHER};
    struct work *work = acre_allocate(memory, layout);
    enum acre_exit status;

    *import = (struct acre_import){0};
    if (work == NULL) {
        acre_error_text(error, error_bytes, "%s: out of memory", from);
        return ACRE_EXIT_MEMORY;
    }
    *work = (struct work){
        .import = import,
        .from = from,
        .to = to,
        .memory = memory,
        .producer = producer,
        .error = error,
        .error_bytes = error_bytes,
    };
    acre_import_modules_init(&work->modules, memory);
    work->line.text = acre_allocate(memory, line_layout);
    if (work->line.text != NULL) {
        acre_unpack_open(&work->unpack, memory, from);
        while (read_line(work))
            ;
        judge_end(work);
        if (import->is_made)
            close_trace(work);
        acre_unpack_close(&work->unpack);
    } else {
        fail(work, ACRE_EXIT_MEMORY, "");
    }
    acre_free(memory, work->line.text, line_layout);
    acre_import_modules_fini(&work->modules);
    status = work->status;
    acre_free(memory, work, layout);
    return status;
}
