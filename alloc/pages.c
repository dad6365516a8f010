/*
 * Backend: whole pages from mmap. One system call a block, and a page fault for each page that is
 * touched first: nothing to build objects on, but what arenas are made of.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc/backends.h"

/* For any thread: arenas of several threads may stand on one layer. */
struct pages_backend {
    struct acre_alloc base;
    size_t page_bytes;
    _Atomic size_t held_bytes;
    bool is_huge;
};

/* Where that adds at most an eighth, a block ends with a huge page: its last part would be mapped
 * in hundreds of small ones. */
static size_t mapped_bytes(const struct pages_backend *backend, size_t size)
{
    size_t bytes = acre_align_up(size, backend->page_bytes);
    size_t huge_bytes = acre_align_up(size, ACRE_HUGE_PAGE_BYTES);

    return backend->is_huge && bytes >= ACRE_HUGE_PAGE_BYTES && huge_bytes - bytes <= bytes / 8
               ? huge_bytes
               : bytes;
}

/* An aligned block is cut out of a mapping that is longer by the alignment. */
static void *map_aligned(const struct pages_backend *backend, size_t bytes, size_t align)
{
    size_t extra_bytes = align > backend->page_bytes ? align : 0;
    size_t head_bytes;
    size_t tail_bytes;
    char *mapping;

    mapping =
        mmap(NULL, bytes + extra_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED)
        return NULL;
    if (extra_bytes == 0)
        return mapping;
    head_bytes = (align - ((size_t)mapping & (align - 1))) & (align - 1);
    tail_bytes = extra_bytes - head_bytes;
    if (head_bytes > 0)
        munmap(mapping, head_bytes);
    if (tail_bytes > 0)
        munmap(mapping + head_bytes + bytes, tail_bytes);
    return mapping + head_bytes;
}

static void *pages_allocate(struct acre_alloc *self, struct acre_layout layout)
{
    struct pages_backend *backend = (struct pages_backend *)self;
    size_t bytes = mapped_bytes(backend, layout.size);
    bool is_huge = backend->is_huge && bytes >= ACRE_HUGE_PAGE_BYTES;
    void *block;

    if (is_huge && layout.align < ACRE_HUGE_PAGE_BYTES)
        layout.align = ACRE_HUGE_PAGE_BYTES;
    block = map_aligned(backend, bytes, layout.align);
    if (block == NULL)
        return NULL;
    if (is_huge)
        madvise(block, bytes, MADV_HUGEPAGE);
    atomic_fetch_add_explicit(&backend->held_bytes, bytes, memory_order_relaxed);
    return block;
}

static void pages_free(struct acre_alloc *self, void *block, struct acre_layout layout)
{
    struct pages_backend *backend = (struct pages_backend *)self;
    size_t bytes = mapped_bytes(backend, layout.size);

    munmap(block, bytes);
    atomic_fetch_sub_explicit(&backend->held_bytes, bytes, memory_order_relaxed);
}

static size_t pages_usable_bytes(const struct acre_alloc *self, const void *block,
                                 struct acre_layout layout)
{
    (void)block;
    return mapped_bytes((const struct pages_backend *)self, layout.size);
}

static size_t pages_held_bytes(const struct acre_alloc *self)
{
    return atomic_load_explicit(&((const struct pages_backend *)self)->held_bytes,
                                memory_order_relaxed);
}

static void pages_destroy(struct acre_alloc *self)
{
    free(self);
}

static const struct acre_alloc_ops pages_ops = {
    .name = "pages",
    .capabilities = ACRE_CAN_FREE | ACRE_CAN_USABLE | ACRE_CAN_HELD,
    .threads = ACRE_THREADS_ANY,
    .allocate = pages_allocate,
    .free = pages_free,
    .destroy = pages_destroy,
    .usable_bytes = pages_usable_bytes,
    .held_bytes = pages_held_bytes,
};

static struct acre_alloc *new_pages(bool is_huge)
{
    struct pages_backend *backend = malloc(sizeof *backend);

    if (backend == NULL)
        return NULL;
    *backend = (struct pages_backend){
        .base = {.ops = &pages_ops},
        .page_bytes = (size_t)sysconf(_SC_PAGESIZE),
        .is_huge = is_huge,
    };
    return &backend->base;
}

struct acre_alloc *acre_pages_new(void)
{
    return new_pages(false);
}

struct acre_alloc *acre_huge_pages_new(void)
{
    return new_pages(true);
}
