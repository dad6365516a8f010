/* Executables, shared libraries and their separate debug files: opened, and told apart. */
#ifndef ACRE_SYMBOLS_ELF_FILE_H
#define ACRE_SYMBOLS_ELF_FILE_H

#include <libelf.h>

#include "symbols/symbols.h"

struct acre_build_id {
    uint8_t bytes[ACRE_SYMBOLS_MOST_ID_BYTES];
    size_t count; /* 0: there is none, or it is not told */
};

/* None where `count` is more than there is room for. */
struct acre_build_id acre_build_id(const void *bytes, size_t count);

bool acre_build_id_equals(const struct acre_build_id *a, const struct acre_build_id *b);

struct acre_elf_file {
    Elf *elf; /* NULL: none is open. The file is mapped, its descriptor closed */
    struct acre_build_id id;
    bool is_object; /* not linked: all its sections are at address 0 */
};

enum acre_elf_opening { ACRE_ELF_OPENED, ACRE_ELF_MISSING, ACRE_ELF_UNREADABLE };

/* A regular file that is an executable, a shared library or an object, or has debug information of
 * one. But for OPENED nothing is open. Ended with acre_elf_close in either case. */
enum acre_elf_opening acre_elf_open(struct acre_elf_file *file, const char *path);

void acre_elf_close(struct acre_elf_file *file);

/* Where code is, from the lowest address up to but not including the end of the highest. */
struct acre_code {
    uint64_t begin, end; /* equal: there is none */
};

struct acre_code acre_elf_code(const struct acre_elf_file *file);

/* The checksum of .gnu_debuglink: CRC-32, of all bytes of the file. */
uint32_t acre_elf_checksum(const struct acre_elf_file *file);

#endif
