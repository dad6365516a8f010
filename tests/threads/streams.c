/*
 * streams [BACKEND...]: a crew that plays streams of random calls, so that ThreadSanitizer can look
 * at who waits for whom; blocks go from thread to thread at each call. Helgrind knows no atomics,
 * and telling it of each operation would be paid by all who play. Exit status 0: what was written
 * was found, too.
 *
 *    without a name   malloc itself, which ThreadSanitizer knows, with nothing told (track.h)
 *    BACKEND          a library's, and no reallocs: how they copy is seen, what orders that is not
 */
#include <sys/mman.h>
#include <unistd.h>

#include "alloc/backends.h"
#include "alloc/registry.h"
#include "bench/random.h"
#include "replay/crew.h"
#include "replay/output.h"
#include "replay/streams.h"
#include "tests/core/check.h"

enum { THREADS = 5, BLOCKS = 200, CALLS = 20000, PASSES = 3, ALIGN = 16 };

struct told {
    struct acre_output output;
    struct acre_turns turns;
    struct acre_random random;
    bool has_reallocs;
    size_t sizes[BLOCKS]; /* by slot; 0: nothing lives there */
};

static void put(struct told *told, uint32_t slot, enum acre_operation_kind kind, size_t size)
{
    size_t old = told->sizes[slot];

    acre_output_put_about(&told->output, kind, 0, slot,
                          (struct acre_layout){size, ALIGN, ACRE_PURPOSE_OTHER});
    if (kind == ACRE_PLAY_RESIZE)
        acre_output_put(&told->output, ACRE_PLAY_OLD_SIZE, 0, 0, old);
    told->sizes[slot] = kind != ACRE_PLAY_FREE ? size : 0;
}

static void call(struct told *told)
{
    const struct acre_trace_event event = {
        .kind = ACRE_TRACE_ALLOCATE,
        .thread = (uint32_t)acre_random_below(&told->random, THREADS),
    };
    struct acre_compile_moment moment = {.event = &event};
    uint32_t slot = (uint32_t)acre_random_below(&told->random, BLOCKS);
    size_t size = 8 + acre_random_below(&told->random, 200);

    if (told->sizes[slot] == 0)
        put(told, slot, size % 5 == 0 ? ACRE_PLAY_ALLOCATE_CLEARED : ACRE_PLAY_ALLOCATE, size);
    else if (told->has_reallocs && size % 3 == 0)
        put(told, slot, ACRE_PLAY_RESIZE, size);
    else
        put(told, slot, ACRE_PLAY_FREE, told->sizes[slot]);
    moment.operations = told->output.count;
    acre_turns_note(&told->turns, &moment);
}

static const struct acre_program *make_program(struct acre_alloc *memory, bool has_reallocs)
{
    static struct told told;
    struct acre_program header = {.magic = ACRE_PROGRAM_MAGIC, .slots = BLOCKS, .name = "streams"};
    const struct acre_program *program;

    told.has_reallocs = has_reallocs;
    told.output.file = memfd_create("program", MFD_CLOEXEC);
    check(lseek(told.output.file, sizeof header, SEEK_SET) > 0, "no file");
    acre_random_init(&told.random, 1, 0);
    acre_turns_init(&told.turns, memory);
    for (int i = 0; i < CALLS; i++)
        call(&told);
    for (uint32_t slot = 0; slot < BLOCKS; slot++)
        if (told.sizes[slot] != 0)
            put(&told, slot, ACRE_PLAY_FREE, told.sizes[slot]);
    acre_output_put(&told.output, ACRE_PLAY_END, 0, 0, 0);
    header.operations = told.output.count;
    header.bytes = sizeof header + header.operations * sizeof(struct acre_operation);
    check(acre_output_flush(&told.output) && lseek(told.output.file, 0, SEEK_SET) == 0 &&
              acre_output_write(told.output.file, &header, sizeof header),
          "no room");
    check(acre_streams_add(told.output.file, &told.turns, memory) == ACRE_COMPILED, "no streams");
    program = acre_program_map(told.output.file);
    check(program != NULL && program->streams == THREADS, "no program");
    check(program->waits > CALLS / 20 && program->handed_over > CALLS / 4, "hardly a wait");
    acre_turns_fini(&told.turns);
    close(told.output.file);
    return program;
}

static void *plain_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    (void)self;
    return malloc(layout.size);
}

static void plain_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    (void)self;
    (void)layout;
    free(block);
}

static void *plain_reallocate(struct acre_alloc *self, void *block, struct acre_layout old,
                              size_t size)
{
    (void)self;
    (void)old;
    return realloc(block, size);
}

static const struct acre_alloc_ops plain_ops = {
    .name = "plain",
    .capabilities = ACRE_CAN_FREE | ACRE_CAN_REALLOCATE,
    .threads = ACRE_THREADS_ANY,
    .allocate = plain_allocate,
    .free = plain_free,
    .reallocate = plain_reallocate,
};

static void play(const struct acre_program *program, struct acre_alloc *alloc, const char *name)
{
    struct acre_alloc *memories[ACRE_PLAY_MOST_STREAMS];
    struct acre_alloc *pages = acre_pages_new();
    struct acre_crew *crew = acre_crew_new(program, ACRE_TOUCH_ALL, pages);

    check(crew != NULL, "no crew");
    for (size_t i = 0; i < ACRE_PLAY_MOST_STREAMS; i++)
        memories[i] = alloc;
    for (int pass = 0; pass < PASSES; pass++) {
        check(acre_crew_play(crew, memories), "no memory");
        check(acre_crew_found_all(crew), "%s: other contents", name);
    }
    acre_crew_destroy(crew);
    acre_destroy(pages);
    printf("%s\n", name);
}

static void play_backend(const struct acre_program *program, const char *name)
{
    struct acre_backend backend;
    char why[256];

    check(acre_backend_open(&backend, name, why, sizeof why), "%s: %s", name, why);
    play(program, backend.pinned, name);
    acre_backend_close(&backend);
}

int main(int argc, char **argv)
{
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_alloc plain = {.ops = &plain_ops};
    const struct acre_program *program;

    check(memory != NULL, "no memory");
    program = make_program(memory, argc == 1);
    if (argc == 1)
        play(program, &plain, "malloc");
    for (int i = 1; i < argc; i++)
        play_backend(program, argv[i]);
    acre_program_unmap(program);
    acre_destroy(memory);
    return 0;
}
