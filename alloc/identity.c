#include "alloc/identity.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static const char *end_of_name(const char *path)
{
    static const char mark[] = ".so.";
    const char *found = strstr(path, mark);

    return found != NULL ? found + sizeof mark - 1 : "no version";
}

void acre_identify(struct acre_identity *identity, const void *symbol, const char *version)
{
    struct wanted_file wanted = {(uintptr_t)symbol, identity->build_id, sizeof identity->build_id};
    Dl_info info;

    if (symbol != NULL && dladdr(symbol, &info) != 0 && info.dli_fname != NULL) {
        char *real = realpath(info.dli_fname, NULL);

        snprintf(identity->path, sizeof identity->path, "%s", real != NULL ? real : info.dli_fname);
        free(real);
        dl_iterate_phdr(look_at_file, &wanted);
    }
    if (version == NULL)
        version = end_of_name(identity->path);
    snprintf(identity->version, sizeof identity->version, "%s", version);
}
