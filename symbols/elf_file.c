#include "symbols/elf_file.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct acre_build_id acre_build_id(const void *bytes, size_t count)
{
    struct acre_build_id id = {.count = count <= sizeof id.bytes ? count : 0};

    if (id.count > 0)
        memcpy(id.bytes, bytes, id.count);
    return id;
}

bool acre_build_id_equals(const struct acre_build_id *a, const struct acre_build_id *b)
{
    return a->count == b->count && memcmp(a->bytes, b->bytes, a->count) == 0;
}

/* Whether it is a file of code, which needs its descriptor no more. */
static bool read_header(struct acre_elf_file *file)
{
    GElf_Ehdr header;

    if (elf_kind(file->elf) != ELF_K_ELF || gelf_getehdr(file->elf, &header) == NULL ||
        (header.e_type != ET_EXEC && header.e_type != ET_DYN && header.e_type != ET_REL))
        return false;
    file->is_object = header.e_type == ET_REL;
    /* It is mapped. Nor is libdw to know the descriptor: it would look for further files beside
     * that one, by itself. */
    return elf_cntl(file->elf, ELF_C_FDDONE) == 0;
}

enum acre_elf_opening acre_elf_open(struct acre_elf_file *file, const char *path)
{
    /* A pipe must not be waited for. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat status;
    const void *id = NULL;
    ssize_t id_bytes;
    bool is_code;

    *file = (struct acre_elf_file){0};
    if (descriptor < 0)
        return errno == ENOENT || errno == ENOTDIR ? ACRE_ELF_MISSING : ACRE_ELF_UNREADABLE;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(descriptor);
        return ACRE_ELF_MISSING;
    }
    file->elf = elf_begin(descriptor, ELF_C_READ_MMAP, NULL);
    is_code = read_header(file);
    close(descriptor);
    if (!is_code) {
        acre_elf_close(file);
        return ACRE_ELF_UNREADABLE;
    }
    id_bytes = dwelf_elf_gnu_build_id(file->elf, &id);
    if (id_bytes > 0)
        file->id = acre_build_id(id, (size_t)id_bytes);
    return ACRE_ELF_OPENED;
}

void acre_elf_close(struct acre_elf_file *file)
{
    elf_end(file->elf);
    *file = (struct acre_elf_file){0};
}

struct acre_code acre_elf_code(const struct acre_elf_file *file)
{
    struct acre_code code = {UINT64_MAX, 0};
    size_t count = 0;

    if (elf_getphdrnum(file->elf, &count) != 0)
        count = 0;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        uint64_t end;

        if (gelf_getphdr(file->elf, (int)i, &header) == NULL || header.p_type != PT_LOAD ||
            (header.p_flags & PF_X) == 0 ||
            __builtin_add_overflow(header.p_vaddr, header.p_memsz, &end))
            continue;
        if (header.p_vaddr < code.begin)
            code.begin = header.p_vaddr;
        if (end > code.end)
            code.end = end;
    }
    return code.begin < code.end ? code : (struct acre_code){0};
}

/* The polynomial of IEEE 802.3, bits reversed; four bits at a time. */
uint32_t acre_elf_checksum(const struct acre_elf_file *file)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    size_t count = 0;
    const char *bytes = elf_rawfile(file->elf, &count);
    uint32_t sum = UINT32_MAX;

    for (size_t i = 0; bytes != NULL && i < count; i++) {
        sum ^= (unsigned char)bytes[i];
        sum = table[sum & 15] ^ (sum >> 4);
        sum = table[sum & 15] ^ (sum >> 4);
    }
    return ~sum;
}
