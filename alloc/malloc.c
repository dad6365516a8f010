/* Backends: the C library's malloc, as it comes and tuned. */
#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc/backends.h"
#include "alloc/malloc_like.h"
#include "alloc/waste.h"

/* The process has other users of malloc: what was in use when the backend was made is theirs. What
 * was free then is the backend's, since that is where its first blocks come from. */
struct malloc_backend {
    struct acre_malloc_like base;
    size_t others_bytes;
    size_t others_mappings;
};

static size_t held_of(const struct malloc_backend *backend, const struct mallinfo2 *info)
{
    return acre_waste_rest(info->arena + info->hblkhd, backend->others_bytes);
}

static size_t malloc_held_bytes(const struct acre_alloc *self)
{
    const struct mallinfo2 info = mallinfo2();

    return held_of((const struct malloc_backend *)self, &info);
}

static size_t malloc_give_back(struct acre_alloc *self)
{
    size_t before_bytes = malloc_held_bytes(self);
    size_t after_bytes;

    malloc_trim(0);
    after_bytes = malloc_held_bytes(self);
    return before_bytes > after_bytes ? before_bytes - after_bytes : 0;
}

struct acre_alloc *acre_malloc_new(void)
{
    static const struct acre_malloc_functions functions = {malloc, posix_memalign, free,
                                                           malloc_usable_size, realloc};
    struct malloc_backend *backend = malloc(sizeof *backend);
    struct mallinfo2 before;

    if (backend == NULL)
        return NULL;
    acre_malloc_like_init(&backend->base, "malloc", &functions);
    backend->base.ops.capabilities |= ACRE_CAN_HELD | ACRE_CAN_TRIM;
    backend->base.ops.held_bytes = malloc_held_bytes;
    backend->base.ops.trim = malloc_give_back;
    before = mallinfo2();
    backend->others_bytes = before.uordblks + before.hblkhd;
    backend->others_mappings = before.hblks;
    return &backend->base.base;
}

/* Where it is ------------------------------------------------------------------------------- */

/* A chunk in use has a word of size in front of it, a mapping of its own two: nothing in the
 * statistics tells, so they are counted from the blocks. */
enum { CHUNK_HEADER_BYTES = sizeof(size_t) };

/* What its caches of threads keep counts as in use: it stays unexplained. */
static void tell_waste(const struct acre_backend *backend, struct acre_waste *waste)
{
    const struct malloc_backend *pinned = (const struct malloc_backend *)backend->pinned;
    const struct mallinfo2 info = mallinfo2();
    uint64_t mappings = acre_waste_rest(info.hblks, pinned->others_mappings);

    acre_waste_figure(waste, "mallinfo2.arena", info.arena);
    acre_waste_figure(waste, "mallinfo2.uordblks", info.uordblks);
    acre_waste_figure(waste, "mallinfo2.fordblks", info.fordblks);
    acre_waste_figure(waste, "mallinfo2.fsmblks", info.fsmblks);
    acre_waste_figure(waste, "mallinfo2.keepcost", info.keepcost);
    acre_waste_figure(waste, "mallinfo2.hblks", info.hblks);
    acre_waste_figure(waste, "mallinfo2.hblkhd", info.hblkhd);
    acre_waste_figure(waste, "uordblks + hblkhd when it was opened", pinned->others_bytes);
    acre_waste_set(waste, ACRE_WASTE_SLACK, 0, "none: what is between blocks is on free lists");
    acre_waste_set(waste, ACRE_WASTE_BOOKKEEPING,
                   CHUNK_HEADER_BYTES * (waste->live.blocks + mappings),
                   "8 bytes a block, 16 a mapped one (hblks)");
    acre_waste_set(waste, ACRE_WASTE_KEPT_FREE, info.fordblks, "mallinfo2.fordblks");
    acre_waste_set(waste, ACRE_WASTE_HELD, held_of(pinned, &info),
                   "mallinfo2: arena + hblkhd, less what others had in use before");
}

static void write_report(const struct acre_backend *backend, FILE *stream)
{
    (void)backend;
    malloc_info(0, stream);
}

/* As backends ------------------------------------------------------------------------------- */

enum { TRIM, MMAP, ARENAS, SETTINGS };

/* mallopt(3). The greatest threshold for mmap that glibc takes is half of a heap of a thread. */
static const struct acre_setting settings[SETTINGS] = {
    [TRIM] = {"trim_threshold", ACRE_SETTING_BYTES, 0, INT32_MAX,
              "free bytes at the end of the heap that are kept"},
    [MMAP] = {"mmap_threshold", ACRE_SETTING_BYTES, 0, 32 << 20,
              "blocks of so many bytes have a mapping of their own"},
    [ARENAS] = {"arenas", ACRE_SETTING_NUMBER, 1, 4096, "heaps at most, for threads"},
};

static bool set(int option, const struct acre_setting_value *value)
{
    return !value->is_set || mallopt(option, (int)value->number) == 1;
}

static bool open_malloc(struct acre_backend *backend, const struct acre_setting_value *values,
                        char *why, size_t why_bytes)
{
    char version[64];

    if (!set(M_TRIM_THRESHOLD, &values[TRIM]) || !set(M_MMAP_THRESHOLD, &values[MMAP]) ||
        !set(M_ARENA_MAX, &values[ARENAS])) {
        snprintf(why, why_bytes, "mallopt refuses the settings");
        return false;
    }
    backend->pinned = acre_malloc_new();
    if (backend->pinned == NULL) {
        snprintf(why, why_bytes, "out of memory");
        return false;
    }
    snprintf(version, sizeof version, "glibc %s", gnu_get_libc_version());
    acre_identify(&backend->identity, dlsym(RTLD_DEFAULT, "malloc"), version);
    return true;
}

/* Both thresholds at their greatest: neither adapts then, and what was once taken from the system
 * is kept. */
static bool open_tuned(struct acre_backend *backend, const struct acre_setting_value *values,
                       char *why, size_t why_bytes)
{
    struct acre_setting_value tuned[SETTINGS] = {
        [TRIM] = {true, settings[TRIM].most},
        [MMAP] = {true, settings[MMAP].most},
    };

    (void)values;
    return open_malloc(backend, tuned, why, why_bytes);
}

const struct acre_backend_kind acre_kind_malloc = {
    .name = "malloc",
    .about = "the C library's malloc",
    .is_usual = true,
    .threads = ACRE_THREADS_ANY,
    .settings = settings,
    .setting_count = SETTINGS,
    .open = open_malloc,
    .tell_waste = tell_waste,
    .write_report = write_report,
    .report_suffix = "xml",
};

const struct acre_backend_kind acre_kind_malloc_tuned = {
    .name = "malloc-tuned",
    .about = "the C library's malloc that keeps what it has: both thresholds raised",
    .threads = ACRE_THREADS_ANY,
    .open = open_tuned,
    .tell_waste = tell_waste,
    .write_report = write_report,
    .report_suffix = "xml",
};
