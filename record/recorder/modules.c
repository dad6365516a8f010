#include "record/recorder/modules.h"

#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "record/recorder/process.h"

enum { FIRST_MODULES = 64, MOST_BUILD_ID_BYTES = 64 };

_Atomic uint64_t acre_epoch_of_modules;

void acre_modules_forget(void)
{
    acre_epoch_of_modules++;
}

/* What is told ---------------------------------------------------------------------------------
 */

static bool is_told(const struct acre_told_modules *told, uintptr_t address)
{
    if (address < 4096) /* what stands for frames that were left out */
        return true;
    for (size_t m = 0; m < told->count; m++)
        if (address - told->ranges[m].first < told->ranges[m].bytes)
            return true;
    return false;
}

/* Grown beside, so that it may fail. */
static bool has_room(struct acre_told_modules *told)
{
    size_t capacity = told->capacity == 0 ? FIRST_MODULES : 2 * told->capacity;
    void *ranges;

    if (told->count < told->capacity)
        return true;
    ranges = mmap(NULL, capacity * sizeof *told->ranges, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (ranges == MAP_FAILED)
        return false;
    madvise(ranges, capacity * sizeof *told->ranges, MADV_DONTFORK);
    if (told->ranges != NULL) {
        memcpy(ranges, told->ranges, told->count * sizeof *told->ranges);
        munmap(told->ranges, told->capacity * sizeof *told->ranges);
    }
    told->ranges = ranges;
    told->capacity = capacity;
    return true;
}

/* One module -----------------------------------------------------------------------------------
 */

struct module {
    uintptr_t bias, first, behind;
    const void *build_id;
    size_t build_id_bytes;
};

/* Notes are a name's length, a text's length, a type, and both padded to 4 bytes. */
static void find_build_id(struct module *module, const char *at, size_t bytes)
{
    ElfW(Nhdr) note;

    while (bytes >= sizeof note) {
        size_t name_bytes;
        size_t text_bytes;

        memcpy(&note, at, sizeof note);
        name_bytes = (note.n_namesz + 3u) & ~3u;
        text_bytes = (note.n_descsz + 3u) & ~3u;
        if (bytes < sizeof note + name_bytes + text_bytes)
            return;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
            note.n_descsz <= MOST_BUILD_ID_BYTES && memcmp(at + sizeof note, "GNU", 4) == 0) {
            module->build_id = at + sizeof note + name_bytes;
            module->build_id_bytes = note.n_descsz;
            return;
        }
        at += sizeof note + name_bytes + text_bytes;
        bytes -= sizeof note + name_bytes + text_bytes;
    }
}

static struct module module_of(const struct dl_phdr_info *info)
{
    struct module module = {.bias = info->dlpi_addr, .first = UINTPTR_MAX};

    for (ElfW(Half) i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t begin = info->dlpi_addr + header->p_vaddr;

        if (header->p_type == PT_LOAD && begin < module.first)
            module.first = begin;
        if (header->p_type == PT_LOAD && begin + header->p_memsz > module.behind)
            module.behind = begin + header->p_memsz;
        if (header->p_type == PT_NOTE && module.build_id == NULL)
            find_build_id(&module, (const char *)begin, header->p_memsz);
    }
    return module;
}

/* The program itself has no name there. */
static void put_module(struct acre_state *state, const struct module *module, const char *path)
{
    const char *name = path[0] != '\0' ? path : acre_process_head()->executable;
    size_t path_bytes = strnlen(name, ACRE_RAW_MOST_PATH_BYTES - 1) + 1;
    size_t id_words = (module->build_id_bytes + 7) / 8;
    size_t words = 4 + id_words + (path_bytes + 7) / 8;
    uint64_t *at = acre_note_begin(state, words);

    if (at == NULL)
        return;
    at[0] = module->bias;
    at[1] = module->first;
    at[2] = module->behind - module->first;
    at[3] = module->build_id_bytes;
    memset(at + 4, 0, (words - 4) * sizeof *at);
    if (module->build_id_bytes > 0)
        memcpy(at + 4, module->build_id, module->build_id_bytes);
    memcpy(at + 4 + id_words, name, path_bytes - 1);
    acre_note_end(state, ACRE_RAW_MODULE, words);
}

/* All of them ----------------------------------------------------------------------------------
 */

/* The loader counts what came and went; 1: the first entry has said so. */
static int has_changed(struct dl_phdr_info *info, size_t bytes, void *told)
{
    const struct acre_told_modules *modules = told;

    (void)bytes;
    return info->dlpi_adds != modules->adds || info->dlpi_subs != modules->subs ? 2 : 1;
}

static int tell_one(struct dl_phdr_info *info, size_t bytes, void *state)
{
    struct acre_told_modules *told = &((struct acre_state *)state)->modules;
    struct module module = module_of(info);

    (void)bytes;
    told->adds = info->dlpi_adds;
    told->subs = info->dlpi_subs;
    if (module.behind <= module.first || !has_room(told))
        return 0;
    told->ranges[told->count].first = module.first;
    told->ranges[told->count].bytes = module.behind - module.first;
    told->count++;
    put_module(state, &module, info->dlpi_name != NULL ? info->dlpi_name : "");
    return 0;
}

void acre_modules_tell(struct acre_state *state, void *const *addresses, size_t count)
{
    struct acre_told_modules *told = &state->modules;
    uint64_t now = acre_modules_epoch();
    bool is_old = told->count == 0 || told->epoch != now;
    int before = errno;

    for (size_t i = 0; i < count && !is_old; i++)
        if (!is_told(told, (uintptr_t)addresses[i]))
            is_old = dl_iterate_phdr(has_changed, told) == 2;
    /* The head has the name of the program: a child of fork begins its file first. */
    if (is_old && acre_state_make_room(state, ACRE_RAW_MOST_NOTE_WORDS)) {
        told->count = 0;
        told->epoch = now;
        dl_iterate_phdr(tell_one, state);
        if (acre_note_begin(state, 0) != NULL)
            acre_note_end(state, ACRE_RAW_MODULES, 0);
    }
    errno = before;
}
