#include "alloc/registry.h"

#include <dlfcn.h>
#include <elf.h>
#include <gnu/libc-version.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acre_config.h"
#include "alloc/backends.h"

struct entry {
    const char *name;
    const char *about;
    bool has_reset;
    bool (*open)(struct acre_backend *backend, char *why, size_t why_bytes);
};

/* Identity ------------------------------------------------------------------------------------ */

struct wanted_file {
    uintptr_t address; /* in the file we look for */
    char *build_id;
    size_t build_id_bytes;
};

static void write_hex(const unsigned char *bytes, size_t count, char *text, size_t text_bytes)
{
    for (size_t i = 0; i < count && 2 * i + 2 < text_bytes; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

/* A note is three words (name length, description length, type), the name and the description,
 * each padded to 4 bytes. System V ABI, "Note Section"; the type NT_GNU_BUILD_ID is GNU's. */
static void read_build_id(const char *notes, size_t bytes, struct wanted_file *wanted)
{
    while (bytes >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)(const void *)notes;
        size_t name_bytes = (note->n_namesz + 3u) & ~3u;
        size_t description_bytes = (note->n_descsz + 3u) & ~3u;
        size_t note_bytes = sizeof *note + name_bytes + description_bytes;

        if (note_bytes > bytes)
            return;
        if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
            memcmp(notes + sizeof *note, "GNU", 4) == 0)
            write_hex((const unsigned char *)notes + sizeof *note + name_bytes, note->n_descsz,
                      wanted->build_id, wanted->build_id_bytes);
        notes += note_bytes;
        bytes -= note_bytes;
    }
}

static int look_at_file(struct dl_phdr_info *info, size_t info_bytes, void *context)
{
    struct wanted_file *wanted = context;
    bool is_here = false;

    (void)info_bytes;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t begin = info->dlpi_addr + header->p_vaddr;

        is_here |= header->p_type == PT_LOAD && wanted->address >= begin &&
                   wanted->address - begin < header->p_memsz;
    }
    for (size_t i = 0; is_here && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];

        if (header->p_type == PT_NOTE)
            read_build_id((const char *)(info->dlpi_addr + header->p_vaddr), header->p_memsz,
                          wanted);
    }
    return is_here;
}

static void identify(struct acre_identity *identity, const void *symbol, const char *version)
{
    struct wanted_file wanted = {(uintptr_t)symbol, identity->build_id, sizeof identity->build_id};
    Dl_info info;

    if (symbol != NULL && dladdr(symbol, &info) != 0 && info.dli_fname != NULL) {
        char *real = realpath(info.dli_fname, NULL);

        snprintf(identity->path, sizeof identity->path, "%s", real != NULL ? real : info.dli_fname);
        free(real);
        dl_iterate_phdr(look_at_file, &wanted);
    }
    snprintf(identity->version, sizeof identity->version, "%s", version);
}

/* The backends -------------------------------------------------------------------------------- */

static bool open_malloc(struct acre_backend *backend, char *why, size_t why_bytes)
{
    char version[64];

    backend->pinned = acre_malloc_new();
    if (backend->pinned == NULL) {
        snprintf(why, why_bytes, "out of memory");
        return false;
    }
    snprintf(version, sizeof version, "glibc %s", gnu_get_libc_version());
    identify(&backend->identity, dlsym(RTLD_DEFAULT, "malloc"), version);
    return true;
}

static bool open_jemalloc(struct acre_backend *backend, char *why, size_t why_bytes)
{
    const char *version;
    const void *symbol;

    backend->pinned = acre_jemalloc_new(why, why_bytes);
    if (backend->pinned == NULL)
        return false;
    symbol = acre_jemalloc_symbol(backend->pinned, &version);
    identify(&backend->identity, symbol, version);
    return true;
}

static bool open_mimalloc(struct acre_backend *backend, char *why, size_t why_bytes)
{
    const char *version;
    const void *symbol;

    backend->pinned = acre_mimalloc_new(why, why_bytes);
    if (backend->pinned == NULL)
        return false;
    symbol = acre_mimalloc_symbol(backend->pinned, &version);
    identify(&backend->identity, symbol, version);
    return true;
}

/* What outlives the iterations comes from a pool, since an arena cannot take single frees. */
static bool open_arena(struct acre_backend *backend, char *why, size_t why_bytes)
{
    bool complete;

    backend->pages = acre_pages_new();
    if (backend->pages != NULL)
        backend->pinned = acre_pool_new(backend->pages);
    complete = backend->pinned != NULL;
    for (size_t i = 0; complete && i < ACRE_BACKEND_REGIONS; i++) {
        backend->regions[i] = acre_arena_new(backend->pages, NULL);
        complete = backend->regions[i] != NULL;
    }
    if (!complete)
        snprintf(why, why_bytes, "out of memory");
    identify(&backend->identity, NULL, "acre " ACRE_VERSION);
    return complete;
}

static const struct entry entries[] = {
    {"malloc", "the C library's malloc", false, open_malloc},
    {"jemalloc", "jemalloc, loaded at run time", false, open_jemalloc},
    {"mimalloc", "mimalloc, loaded at run time", false, open_mimalloc},
    {"arena", "bump regions for the iterations, a pool for what outlives them", true, open_arena},
};

enum { ENTRY_COUNT = sizeof entries / sizeof entries[0] };

static const struct entry *find(const char *name)
{
    for (size_t i = 0; i < ENTRY_COUNT; i++)
        if (strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

const char *acre_backend_name(size_t index)
{
    return index < ENTRY_COUNT ? entries[index].name : NULL;
}

const char *acre_backend_about(const char *name)
{
    const struct entry *entry = find(name);

    return entry != NULL ? entry->about : NULL;
}

bool acre_backend_has_reset(const char *name)
{
    const struct entry *entry = find(name);

    return entry != NULL && entry->has_reset;
}

bool acre_backend_open(struct acre_backend *backend, const char *name, char *why, size_t why_bytes)
{
    const struct entry *entry = find(name);

    *backend = (struct acre_backend){0};
    if (entry == NULL) {
        snprintf(why, why_bytes, "unknown backend '%s'", name);
        return false;
    }
    backend->name = entry->name;
    if (entry->open(backend, why, why_bytes))
        return true;
    acre_backend_close(backend);
    return false;
}

void acre_backend_close(struct acre_backend *backend)
{
    for (size_t i = 0; i < ACRE_BACKEND_REGIONS; i++)
        acre_destroy(backend->regions[i]);
    acre_destroy(backend->pinned);
    acre_destroy(backend->pages);
    *backend = (struct acre_backend){0};
}
