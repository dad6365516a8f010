/* From raw recordings to a trace: what each item becomes, in which order, of several processes. */
#include "record/raw_made.h"

#include "alloc/backends.h"
#include "support/stride.h"
#include "trace/bundle.h"
#include "trace/reader.h"

static char directory[64], trace[96];
static struct acre_alloc *memory;

static void set_up(void)
{
    /* In memory where that can be had: a trace is synced to the disk when it is closed. */
    strcpy(directory, "/dev/shm/acre-test-XXXXXX");
    if (mkdtemp(directory) == NULL) {
        strcpy(directory, "/tmp/acre-test-XXXXXX");
        cr_assert_not_null(mkdtemp(directory));
    }
    snprintf(trace, sizeof trace, "%s.acre", directory);
    memory = acre_malloc_new();
}

static void tear_down(void)
{
    unlink(trace);
    acre_seal_remove(directory);
    acre_destroy(memory);
}

TestSuite(seal, .init = set_up, .fini = tear_down);

/* Of a first process with that number, ended by the signal. */
static struct acre_seal_result seal_as(uint32_t process, int signal)
{
    const struct acre_seal_request request = {
        .directory = directory,
        .path = trace,
        .producer = "acre test",
        .ns_a_tick = 1,
        .process = process,
        .signal = signal,
    };
    struct acre_seal_result result;
    char error[512] = "";

    cr_assert_eq(acre_seal(&request, memory, &result, error, sizeof error), ACRE_SEAL_DONE, "%s",
                 error);
    return result;
}

static struct acre_trace_reader open_stream(size_t place)
{
    struct acre_trace_bundle bundle;
    struct acre_trace_reader reader;

    cr_assert_eq(acre_trace_bundle_list(&bundle, memory, trace), ACRE_TRACE_COMPLETE, "%s",
                 bundle.sentence);
    cr_assert_lt(place, bundle.count);
    cr_assert_eq(acre_trace_reader_open(&reader, memory, trace, bundle.streams[place].offset),
                 ACRE_TRACE_READING, "%s", reader.input.sentence);
    acre_trace_bundle_fini(&bundle);
    return reader;
}

/* The next that is none of what is told about others. */
static struct acre_trace_event next(struct acre_trace_reader *reader, enum acre_trace_kind kind)
{
    struct acre_trace_event event;

    do
        cr_assert_eq(acre_trace_next(reader, &event), ACRE_TRACE_READING, "%s",
                     reader->input.sentence);
    while (event.kind == ACRE_TRACE_FRAME || event.kind == ACRE_TRACE_MODULE ||
           event.kind == ACRE_TRACE_OTHER);
    cr_assert_eq(event.kind, kind, "%d, not %d", event.kind, kind);
    cr_assert_not(event.replaces);
    return event;
}

static enum acre_trace_state close_stream(struct acre_trace_reader *reader)
{
    struct acre_trace_event event;
    enum acre_trace_state state;

    do
        state = acre_trace_next(reader, &event);
    while (state == ACRE_TRACE_READING &&
           (event.kind == ACRE_TRACE_OTHER || event.kind == ACRE_TRACE_FRAME));
    acre_trace_reader_close(reader);
    return state;
}

Test(seal, calls_with_all_they_have)
{
    struct raw *raw = raw_new("one", RAW_PID, 1000);
    const uint64_t addresses[] = {0x10000101, 0x10000201};
    struct acre_trace_reader reader;
    struct acre_trace_event event;
    uint32_t stack;

    raw_module(raw, 1, 1001, 0x10000000, "/usr/bin/program");
    raw_note(raw, 1, 1002, ACRE_RAW_MODULES, NULL, 0);
    stack = raw_stack(raw, 1, 1003, addresses, 2);
    raw_call(raw, 1, 1010, ACRE_RAW_CALLOC, 0x5000, 100, stack);
    raw_long(raw, 1, 1020, ACRE_RAW_POSIX_MEMALIGN, 0x6000, UINT64_C(1) << 33, 12, 0);
    raw_long(raw, 1, 1025, ACRE_RAW_REFUSE, 0, UINT64_MAX, 0, ACRE_RAW_MALLOC);
    raw_call(raw, 1, 1030, ACRE_RAW_FREE, 0x5000, 0, 0);
    raw_call(raw, 1, 1040, ACRE_RAW_FREE, 0x6000, 0, 0);
    raw_save(raw, directory);

    cr_assert_eq(seal_as(0, 0).events, 5);
    reader = open_stream(0);
    cr_assert_str_eq(acre_trace_field(&reader, "objects"), "id");
    cr_assert_str_eq(acre_trace_field(&reader, "stacks"), "unwind");
    cr_assert_str_eq(acre_trace_field(&reader, "executable"), "/usr/bin/program");
    cr_assert_str_eq(acre_trace_field(&reader, "command"), "program 'a b' --c");
    cr_assert_str_eq(acre_trace_field(&reader, "started"), "2023-11-14T22:13:20Z");
    event = next(&reader, ACRE_TRACE_ALLOCATE);
    cr_assert(event.layout.size == 100 && event.layout.align == 16 && event.usable_bytes == 108);
    cr_assert(event.call == ACRE_TRACE_CALL_CALLOC && event.thread == 101);
    cr_assert_eq(event.time_ns, 1000000 + 1010);
    cr_assert_eq(acre_trace_frame_of(&reader.frames, event.stack)->offset, 0x100);
    cr_assert_eq(acre_trace_frame_of(&reader.frames, 1)->offset, 0x200);
    cr_assert_eq(acre_trace_frame_of(&reader.frames, event.stack)->parent, 1);
    cr_assert_str_eq(acre_trace_module_of(&reader.modules, 1)->path, "/usr/bin/program");
    cr_assert_eq(acre_trace_module_of(&reader.modules, 1)->build_id_bytes, 4);
    event = next(&reader, ACRE_TRACE_ALLOCATE);
    cr_assert(event.layout.size == UINT64_C(1) << 33 && event.layout.align == 4096);
    cr_assert(event.call == ACRE_TRACE_CALL_POSIX_MEMALIGN && event.stack == 0);
    event = next(&reader, ACRE_TRACE_REFUSE);
    cr_assert_eq(event.call, ACRE_TRACE_CALL_MALLOC);
    event = next(&reader, ACRE_TRACE_FREE);
    cr_assert(event.object == 0 && event.old_bytes == 100 && !event.is_unknown);
    event = next(&reader, ACRE_TRACE_FREE);
    cr_assert_eq(event.object, 1);
    cr_assert_eq(close_stream(&reader), ACRE_TRACE_COMPLETE);
}

/* In one word, with the number of a stack, and without one. */
Test(seal, frees_may_be_short)
{
    struct raw *raw = raw_new("one", RAW_PID, 1000);
    uint64_t addresses[] = {0x10000000, 0x10000201};
    struct acre_trace_reader reader;
    struct acre_trace_event event;
    uint32_t stack = 0;

    raw_module(raw, 1, 1001, 0x10000000, "/usr/bin/program");
    raw_note(raw, 1, 1002, ACRE_RAW_MODULES, NULL, 0);
    while (stack < 300) {
        addresses[0]++;
        stack = raw_stack(raw, 1, 1003, addresses, 2);
    }
    raw_call(raw, 1, 1010, ACRE_RAW_MALLOC, 0x7ffffffffff0, 100, 1);
    raw_call(raw, 1, 1011, ACRE_RAW_MALLOC, 0x6000, 200, 1);
    raw_short_free(raw, 1, 0x7ffffffffff0, stack);
    raw_short_free(raw, 1, 0x6000, 0);
    raw_call(raw, 1, 1020, ACRE_RAW_MALLOC, 0x6000, 300, 1);
    raw_save(raw, directory);

    cr_assert_eq(seal_as(0, 0).events, 5);
    reader = open_stream(0);
    next(&reader, ACRE_TRACE_ALLOCATE);
    next(&reader, ACRE_TRACE_ALLOCATE);
    event = next(&reader, ACRE_TRACE_FREE);
    cr_assert(event.object == 0 && event.old_bytes == 100 && !event.is_unknown);
    cr_assert_eq(event.time_ns, 1000000 + 1011);
    cr_assert_eq(acre_trace_frame_of(&reader.frames, event.stack)->offset, 299);
    event = next(&reader, ACRE_TRACE_FREE);
    cr_assert(event.object == 1 && event.stack == 0);
    event = next(&reader, ACRE_TRACE_ALLOCATE);
    cr_assert_eq(event.time_ns, 1000000 + 1020);
    cr_assert_eq(close_stream(&reader), ACRE_TRACE_COMPLETE);
}

/* One thread gives an address back, and another has it at the very same tick. */
Test(seal, threads_in_the_order_of_time)
{
    struct raw *raw = raw_new("one", RAW_PID, 1000);
    struct acre_seal_result result;
    struct acre_trace_reader reader;

    raw_call(raw, 2, 1010, ACRE_RAW_MALLOC, 0x5000, 1, 0);
    raw_call(raw, 1, 1020, ACRE_RAW_MALLOC, 0x5000, 2, 0);
    raw_call(raw, 2, 1020, ACRE_RAW_FREE, 0x5000, 0, 0);
    raw_call(raw, 2, 1030, ACRE_RAW_MALLOC, 0x5000, 3, 0);
    raw_call(raw, 1, 1029, ACRE_RAW_FREE, 0x5000, 0, 0);
    raw_save(raw, directory);

    result = seal_as(0, 0);
    cr_assert(result.events == 5 && result.unknown == 0 && result.replaced == 0);
    reader = open_stream(0);
    cr_assert_eq(next(&reader, ACRE_TRACE_ALLOCATE).layout.size, 1);
    cr_assert_eq(next(&reader, ACRE_TRACE_FREE).thread, 102);
    cr_assert_eq(next(&reader, ACRE_TRACE_ALLOCATE).layout.size, 2);
    cr_assert_eq(next(&reader, ACRE_TRACE_FREE).thread, 101);
    cr_assert_eq(next(&reader, ACRE_TRACE_ALLOCATE).layout.size, 3);
    cr_assert_eq(close_stream(&reader), ACRE_TRACE_COMPLETE);
}

/* A state that one thread leaves to the next, and blocks that follow each other. */
Test(seal, a_state_goes_from_thread_to_thread)
{
    struct raw *raw = raw_new("one", RAW_PID, 1000);
    const uint64_t thread = 555;
    struct acre_trace_reader reader;

    raw_call(raw, 1, 1010, ACRE_RAW_MALLOC, 0x5000, 1, 0);
    raw_note(raw, 1, 1020, ACRE_RAW_THREAD, &thread, 1);
    raw_call(raw, 1, 1030, ACRE_RAW_FREE, 0x5000, 0, 0);
    raw_block(raw, 1, 555, 1040);
    raw_call(raw, 1, 1050, ACRE_RAW_MALLOC, 0x7000, 1, 0);
    raw_save(raw, directory);

    seal_as(0, 0);
    reader = open_stream(0);
    cr_assert_eq(next(&reader, ACRE_TRACE_ALLOCATE).thread, 101);
    cr_assert_eq(next(&reader, ACRE_TRACE_FREE).thread, 555);
    cr_assert_eq(next(&reader, ACRE_TRACE_ALLOCATE).thread, 555);
    cr_assert_eq(close_stream(&reader), ACRE_TRACE_COMPLETE);
}

/* While realloc runs, its old address may be another's. */
Test(seal, resizes)
{
    struct raw *raw = raw_new("one", RAW_PID, 1000);
    struct acre_seal_result result;
    struct acre_trace_reader reader;
    struct acre_trace_event event;

    raw_call(raw, 1, 1010, ACRE_RAW_MALLOC, 0x5000, 10, 0);
    raw_call(raw, 1, 1020, ACRE_RAW_RESIZE_BEGIN, 0x5000, 0, 0);
    raw_call(raw, 2, 1021, ACRE_RAW_MALLOC, 0x5000, 20, 0);
    raw_call(raw, 1, 1022, ACRE_RAW_RESIZE_END, 0x6000, 30, 0); /* moves */
    raw_call(raw, 1, 1030, ACRE_RAW_RESIZE_BEGIN, 0x6000, 0, 0);
    raw_call(raw, 1, 1031, ACRE_RAW_RESIZE_END, 0x6000, 40, 0); /* where it stands */
    raw_call(raw, 1, 1040, ACRE_RAW_RESIZE_BEGIN, 0x6000, 0, 0);
    raw_call(raw, 1, 1041, ACRE_RAW_RESIZE_END, 0, 50, 0); /* is refused */
    raw_call(raw, 1, 1050, ACRE_RAW_RESIZE_BEGIN, 0x6000, 0, 0);
    raw_call(raw, 1, 1051, ACRE_RAW_RESIZE_END, 0, 0, 0);        /* frees */
    raw_call(raw, 1, 1060, ACRE_RAW_RESIZE_BEGIN, 0x9000, 0, 0); /* of what nobody has seen */
    raw_call(raw, 1, 1061, ACRE_RAW_RESIZE_END, 0xa000, 60, 0);
    raw_save(raw, directory);

    result = seal_as(0, 0);
    cr_assert(result.unknown == 1 && result.replaced == 0);
    reader = open_stream(0);
    next(&reader, ACRE_TRACE_ALLOCATE);
    cr_assert_eq(next(&reader, ACRE_TRACE_ALLOCATE).object, 1);
    event = next(&reader, ACRE_TRACE_MOVE);
    cr_assert(event.object == 0 && event.old_bytes == 10 && event.layout.size == 30);
    event = next(&reader, ACRE_TRACE_RESIZE);
    cr_assert(event.object == 0 && event.old_bytes == 30 && event.layout.size == 40);
    cr_assert_eq(event.call, ACRE_TRACE_CALL_REALLOC);
    cr_assert_eq(next(&reader, ACRE_TRACE_REFUSE).layout.size, 50);
    event = next(&reader, ACRE_TRACE_FREE);
    cr_assert(event.object == 0 && event.old_bytes == 40);
    cr_assert(next(&reader, ACRE_TRACE_FREE).is_unknown);
    cr_assert_eq(next(&reader, ACRE_TRACE_ALLOCATE).layout.size, 60);
    cr_assert_eq(close_stream(&reader), ACRE_TRACE_COMPLETE);
}

/* A library goes, and another comes to stand at its addresses. */
Test(seal, modules_come_and_go)
{
    struct raw *raw = raw_new("one", RAW_PID, 1000);
    const uint64_t address = 0x10000101;
    struct acre_trace_reader reader;
    struct acre_trace_event event;

    raw_module(raw, 1, 1001, 0x10000000, "/lib/first.so");
    raw_note(raw, 1, 1002, ACRE_RAW_MODULES, NULL, 0);
    raw_call(raw, 1, 1010, ACRE_RAW_MALLOC, 0x5000, 1, raw_stack(raw, 1, 1003, &address, 1));
    raw_module(raw, 1, 1021, 0x10000000, "/lib/second.so");
    raw_note(raw, 1, 1022, ACRE_RAW_MODULES, NULL, 0);
    raw_call(raw, 1, 1030, ACRE_RAW_MALLOC, 0x6000, 1, raw_stack(raw, 1, 1023, &address, 1));
    raw_module(raw, 1, 1031, 0x10000000, "/lib/first.so");
    raw_note(raw, 1, 1032, ACRE_RAW_MODULES, NULL, 0);
    raw_call(raw, 1, 1040, ACRE_RAW_MALLOC, 0x7000, 1, raw_stack(raw, 1, 1033, &address, 1));
    raw_save(raw, directory);

    seal_as(0, 0);
    reader = open_stream(0);
    for (int i = 0; i < 3; i++) {
        const struct acre_trace_frame *frame;

        event = next(&reader, ACRE_TRACE_ALLOCATE);
        frame = acre_trace_frame_of(&reader.frames, event.stack);
        cr_assert_str_eq(acre_trace_module_of(&reader.modules, frame->module)->path,
                         i == 1 ? "/lib/second.so" : "/lib/first.so");
    }
    cr_assert_eq(reader.modules.count, 2);
    cr_assert_eq(close_stream(&reader), ACRE_TRACE_COMPLETE);
}

Test(seal, marks)
{
    struct raw *raw = raw_new("one", RAW_PID, 1000);
    struct acre_trace_reader reader;
    struct acre_trace_event event;

    raw_text(raw, 1, 1010, ACRE_RAW_SCOPE_BEGIN, 7, "iteration");
    raw_text(raw, 1, 1020, ACRE_RAW_SCOPE_BEGIN, 3, "request");
    raw_text(raw, 1, 1030, ACRE_RAW_PURPOSE, 0, "gradient");
    raw_call(raw, 1, 1040, ACRE_RAW_MALLOC, 0x5000, 1, 0);
    raw_text(raw, 1, 1050, ACRE_RAW_PURPOSE, 0, "");
    raw_call(raw, 1, 1060, ACRE_RAW_MALLOC, 0x6000, 1, 0);
    raw_text(raw, 1, 1070, ACRE_RAW_SCOPE_END, 0, "request");
    raw_text(raw, 1, 1080, ACRE_RAW_REGION_RESET, 0, "scratch");
    raw_save(raw, directory);

    seal_as(0, 0);
    reader = open_stream(0);
    event = next(&reader, ACRE_TRACE_SCOPE_BEGIN);
    cr_assert(event.scope_name == 0 && event.scope == 7);
    event = next(&reader, ACRE_TRACE_SCOPE_BEGIN);
    cr_assert(event.scope_name == 1 && event.scope == 3);
    event = next(&reader, ACRE_TRACE_ALLOCATE);
    cr_assert(event.layout.purpose == ACRE_PURPOSE_GRADIENT && event.is_in_scope);
    cr_assert_eq(next(&reader, ACRE_TRACE_ALLOCATE).layout.purpose, ACRE_PURPOSE_OTHER);
    cr_assert_eq(next(&reader, ACRE_TRACE_SCOPE_END).scope_name, 1);
    cr_assert_eq(acre_trace_next(&reader, &event), ACRE_TRACE_READING);
    cr_assert(event.kind == ACRE_TRACE_OTHER && event.type == ACRE_TRACE_TYPE_MARK);
    cr_assert(event.text_bytes == 13 && memcmp(event.text, "reset scratch", 13) == 0);
    cr_assert_eq(close_stream(&reader), ACRE_TRACE_COMPLETE);
}

/* A grandchild frees what its grandparent had, and a child what its parent had. */
Test(seal, families)
{
    struct raw *parent = raw_new("parent", RAW_PID, 1000);
    struct raw *child = raw_new("child", RAW_PID + 1, 2000);
    struct raw *grandchild = raw_new("grandchild", RAW_PID + 2, 3000);
    struct acre_seal_result result;
    struct acre_trace_reader reader;
    struct acre_trace_event event;
    const uint64_t number = RAW_PID + 1;

    raw_call(parent, 1, 1010, ACRE_RAW_MALLOC, 0x5000, 50, 0);
    raw_call(parent, 1, 1020, ACRE_RAW_MALLOC, 0x6000, 60, 0);
    raw_note(parent, 1, 1030, ACRE_RAW_FORK, NULL, 0);
    raw_note(parent, 1, 2500, ACRE_RAW_FORKED, &number, 1);
    raw_call(parent, 1, 2600, ACRE_RAW_FREE, 0x5000, 0, 0);
    raw_call(parent, 1, 2700, ACRE_RAW_FREE, 0x6000, 0, 0);
    strcpy(child->head.fork_file, "parent.raw");
    child->head.fork_ticks = 1030;
    raw_call(child, 1, 2010, ACRE_RAW_FREE, 0x5000, 0, 0);
    raw_call(child, 1, 2020, ACRE_RAW_MALLOC, 0x5000, 55, 0);
    raw_note(child, 1, 2030, ACRE_RAW_FORK, NULL, 0);
    strcpy(grandchild->head.fork_file, "child.raw");
    grandchild->head.fork_ticks = 2030;
    raw_call(grandchild, 1, 3010, ACRE_RAW_FREE, 0x5000, 0, 0);
    raw_call(grandchild, 1, 3020, ACRE_RAW_FREE, 0x6000, 0, 0);
    raw_call(grandchild, 1, 3030, ACRE_RAW_FREE, 0x7000, 0, 0); /* nobody's */
    raw_save(parent, directory);
    raw_save(child, directory);
    raw_save(grandchild, directory);

    result = seal_as(0, 0);
    cr_assert(result.processes == 3 && result.unknown == 1 && result.replaced == 0);
    reader = open_stream(1);
    cr_assert_eq(next(&reader, ACRE_TRACE_INHERIT).layout.size, 50);
    cr_assert_eq(next(&reader, ACRE_TRACE_INHERIT).layout.size, 60);
    cr_assert_eq(next(&reader, ACRE_TRACE_FREE).old_bytes, 50);
    cr_assert_eq(next(&reader, ACRE_TRACE_ALLOCATE).layout.size, 55);
    cr_assert_eq(close_stream(&reader), ACRE_TRACE_COMPLETE);
    reader = open_stream(2);
    event = next(&reader, ACRE_TRACE_INHERIT);
    cr_assert_eq(event.layout.size, 55);
    cr_assert_eq(next(&reader, ACRE_TRACE_INHERIT).layout.size, 60);
    cr_assert_eq(next(&reader, ACRE_TRACE_FREE).old_bytes, 55);
    cr_assert_eq(next(&reader, ACRE_TRACE_FREE).old_bytes, 60);
    cr_assert(next(&reader, ACRE_TRACE_FREE).is_unknown);
    cr_assert_eq(close_stream(&reader), ACRE_TRACE_COMPLETE);
}

/* Ends ----------------------------------------------------------------------------------------- */

static enum acre_trace_end end_of(size_t place)
{
    struct acre_trace_bundle bundle;
    enum acre_trace_end end;

    acre_trace_bundle_list(&bundle, memory, trace);
    cr_assert_lt(place, bundle.count);
    end = bundle.streams[place].end;
    acre_trace_bundle_fini(&bundle);
    return end;
}

Test(seal, how_processes_ended)
{
    struct raw *first = raw_new("a", RAW_PID, 1000);  /* became another program */
    struct raw *second = raw_new("b", RAW_PID, 2000); /* the first process: ended by a signal */
    struct raw *unknown = raw_new("c", RAW_PID + 1, 3000);
    struct raw *stopped = raw_new("d", RAW_PID + 2, 4000);
    struct raw *full = raw_new("e", RAW_PID + 3, 5000);
    struct raw *empty = raw_new("f", RAW_PID + 4, 6000);

    first->head.end = second->head.end = unknown->head.end = ACRE_RAW_END_NONE;
    stopped->head.stop = ACRE_RAW_STOP_LIMIT;
    stopped->head.dropped = 5;
    full->head.stop = ACRE_RAW_STOP_ERROR;
    full->head.error = 28; /* ENOSPC */
    snprintf(empty->head.refusal, sizeof empty->head.refusal, "it runs under a checker");
    raw_save(first, directory);
    raw_save(second, directory);
    raw_save(unknown, directory);
    raw_save(stopped, directory);
    raw_save(full, directory);
    raw_save(empty, directory);

    cr_assert_str_eq(seal_as(RAW_PID, 9).refusal, "it runs under a checker");
    cr_assert_eq(end_of(0), ACRE_TRACE_END_EXEC);
    cr_assert_eq(end_of(1), ACRE_TRACE_END_KILLED);
    cr_assert_eq(end_of(2), ACRE_TRACE_END_UNKNOWN);
    cr_assert_eq(end_of(3), ACRE_TRACE_END_LIMIT);
    cr_assert_eq(end_of(4), ACRE_TRACE_END_ERROR);
    cr_assert_eq(end_of(5), ACRE_TRACE_END_FINISHED);
}

/* This process, for one, has not ended. */
Test(seal, a_process_that_still_runs)
{
    struct raw *raw = raw_new("one", (uint32_t)getpid(), 1000);
    char text[1024];
    FILE *file = fopen("/proc/self/stat", "r");
    const char *at;

    cr_assert(file != NULL && fgets(text, sizeof text, file) != NULL);
    fclose(file);
    at = strrchr(text, ')');
    for (int field = 2; field < 22; field++)
        at = strchr(at, ' ') + 1;
    raw->head.born = strtoull(at, NULL, 10);
    raw->head.end = ACRE_RAW_END_NONE;
    raw_save(raw, directory);
    cr_assert_eq(seal_as(0, 0).running, 1);
    cr_assert_eq(end_of(0), ACRE_TRACE_END_RUNNING);
}

/* What cannot be sealed -------------------------------------------------------------------------
 */

static enum acre_seal_status try_to_seal(const char *path, struct acre_alloc *from, char *error,
                                         size_t error_bytes)
{
    const struct acre_seal_request request = {
        .directory = directory, .path = path, .producer = "acre test", .packing_level = 1};
    struct acre_seal_result result;

    return acre_seal(&request, from, &result, error, error_bytes);
}

Test(seal, an_empty_directory)
{
    char error[512];

    cr_assert_eq(try_to_seal(trace, memory, error, sizeof error), ACRE_SEAL_NOTHING);
    cr_assert_not_null(strstr(error, "there is no recording"));
    cr_assert_eq(access(trace, F_OK), -1);
}

Test(seal, a_trace_that_cannot_be_written)
{
    char error[512];

    raw_save(raw_new("one", RAW_PID, 1000), directory);
    cr_assert_eq(try_to_seal("/nowhere/at/all.acre", memory, error, sizeof error), ACRE_SEAL_IO);
    cr_assert_not_null(strstr(error, "No such file"));
    cr_assert_eq(try_to_seal(directory, memory, error, sizeof error), ACRE_SEAL_IO);
}

/* A recording with something of everything. */
static struct raw *make_rich(void)
{
    struct raw *raw = raw_new("one", RAW_PID, 1000);
    const uint64_t addresses[] = {0x10000101, 0x20000201, 0x1, 0x30000301};
    uint32_t stack;

    raw_module(raw, 1, 1001, 0x10000000, "/usr/bin/program");
    raw_module(raw, 1, 1001, 0x20000000, "/lib/libc.so.6");
    raw_note(raw, 1, 1002, ACRE_RAW_MODULES, NULL, 0);
    stack = raw_stack(raw, 1, 1003, addresses, 4);
    for (uint64_t i = 0; i < 40; i++)
        raw_call(raw, 1, 1010 + i, ACRE_RAW_MALLOC, 0x5000 + 64 * i, i, stack);
    raw_call(raw, 2, 1030, ACRE_RAW_FREE, 0x5000, 0, 0);
    raw_call(raw, 2, 1055, ACRE_RAW_RESIZE_BEGIN, 0x5040, 0, 0);
    raw_call(raw, 2, 1056, ACRE_RAW_RESIZE_END, 0x9000, 70, 0);
    raw_text(raw, 2, 1057, ACRE_RAW_SCOPE_BEGIN, 3, "request");
    raw_long(raw, 2, 1060, ACRE_RAW_MEMALIGN, 0xa000, 5, 8, 0);
    raw_note(raw, 2, 1061, ACRE_RAW_FORK, NULL, 0);
    return raw;
}

Test(seal, out_of_memory_anywhere)
{
    char error[512];
    uint64_t tries = 0;

    raw_save(make_rich(), directory);
    for (uint64_t fail = 1;; fail++) {
        struct acre_fault_plan plan = {.fail_at = fail};
        struct acre_alloc *faulty = acre_fault_new(memory, &plan);
        enum acre_seal_status status = try_to_seal(trace, faulty, error, sizeof error);

        acre_destroy(faulty);
        tries++;
        if (status == ACRE_SEAL_DONE)
            break;
        cr_assert(status == ACRE_SEAL_MEMORY || status == ACRE_SEAL_IO, "%s", error);
        cr_assert_not_null(strstr(error, "memory"), "%s", error);
        cr_assert_eq(access(trace, F_OK), -1);
    }
    cr_assert_gt(tries, 20);
}

/* Any bytes are a legal raw recording. */
static void seal_bytes(const unsigned char *bytes, size_t count)
{
    struct acre_trace_bundle bundle;
    char error[512] = "";

    raw_write(directory, "one", bytes, count);
    switch (try_to_seal(trace, memory, error, sizeof error)) {
    case ACRE_SEAL_DONE:
        cr_assert_eq(acre_trace_bundle_list(&bundle, memory, trace), ACRE_TRACE_COMPLETE);
        for (size_t i = 0; i < bundle.count; i++) {
            struct acre_trace_reader reader = open_stream(i);
            struct acre_trace_event event;

            while (acre_trace_next(&reader, &event) == ACRE_TRACE_READING)
                continue;
            cr_assert(reader.input.state == ACRE_TRACE_COMPLETE ||
                          reader.input.state == ACRE_TRACE_INCOMPLETE,
                      "%s", reader.input.sentence);
            acre_trace_reader_close(&reader);
        }
        acre_trace_bundle_fini(&bundle);
        break;
    case ACRE_SEAL_NOTHING:
        break;
    default:
        cr_assert_fail("%s", error);
    }
}

Test(seal, cut_anywhere)
{
    struct raw *raw = make_rich();
    unsigned char *bytes = raw_image(raw);

    for (size_t cut = 0; cut < raw_bytes(raw);
         cut += (cut % 4096 < 1600 ? 61 : 4001) * test_stride(13))
        seal_bytes(bytes, cut);
    free(bytes);
    free(raw);
}

Test(seal, flipped_anywhere)
{
    struct raw *raw = make_rich();
    unsigned char *bytes = raw_image(raw);
    const size_t parts[][2] = {{0, 200}, {65536, 65536 + 1600}, {131072, 131072 + 400}};

    for (size_t p = 0; p < 3; p++)
        for (size_t at = parts[p][0]; at < parts[p][1]; at += test_stride(13)) {
            unsigned char bit = (unsigned char)(1 << at % 8);

            bytes[at] ^= bit;
            seal_bytes(bytes, raw_bytes(raw));
            bytes[at] ^= bit;
        }
    free(bytes);
    free(raw);
}
