#include "record/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_HEADERS = 256, MOST_LINE_BYTES = 256 };

static bool find_on_path(char *path, const char *name)
{
    const char *at = getenv("PATH");

    if (at == NULL)
        at = "/usr/bin:/bin";
    for (;;) {
        size_t bytes = strcspn(at, ":");
        int written =
            snprintf(path, PATH_MAX, "%.*s%s%s", (int)bytes, at, bytes > 0 ? "/" : "", name);

        if (written > 0 && written < PATH_MAX && access(path, X_OK) == 0)
            return true;
        at += bytes;
        if (*at == '\0')
            break;
        at++;
    }
    errno = ENOENT;
    return false;
}

static size_t read_at(int file, void *bytes, size_t wanted, uint64_t offset)
{
    ssize_t got = pread(file, bytes, wanted, (off_t)offset);

    return got > 0 ? (size_t)got : 0;
}

/* Programs of this machine have a loader, or are static. */
static enum acre_program_kind kind_of_elf(int file, const Elf64_Ehdr *header)
{
    const unsigned char *ident = header->e_ident;
    Elf64_Phdr segment;
    Elf64_Ehdr own;

    if (ident[EI_CLASS] != ELFCLASS64 || header->e_phentsize != sizeof segment)
        return ACRE_PROGRAM_OTHER;
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    bool is_known = self >= 0 && read_at(self, &own, sizeof own, 0) == sizeof own;

    if (self >= 0)
        close(self);
    if (is_known && own.e_machine != header->e_machine)
        return ACRE_PROGRAM_OTHER;
    for (unsigned i = 0; i < header->e_phnum && i < MOST_HEADERS; i++)
        if (read_at(file, &segment, sizeof segment, header->e_phoff + i * sizeof segment) ==
                sizeof segment &&
            segment.p_type == PT_INTERP)
            return ACRE_PROGRAM_DYNAMIC;
    return ACRE_PROGRAM_STATIC;
}

/* "#!" and a path; what stands behind it is an argument. */
static void read_interpreter(char *interpreter, const char *line)
{
    line += strspn(line, " \t");
    snprintf(interpreter, PATH_MAX, "%.*s", (int)strcspn(line, " \t\r\n"), line);
}

static enum acre_program_kind kind_of(const char *path, char *interpreter)
{
    union {
        Elf64_Ehdr elf;
        char line[MOST_LINE_BYTES];
    } begin = {.line = ""};
    struct stat about;
    enum acre_program_kind kind = ACRE_PROGRAM_DYNAMIC;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    size_t bytes;

    if (file < 0 || fstat(file, &about) != 0) {
        /* May be run, and not be read: execvp will say. */
        kind = access(path, X_OK) == 0 ? ACRE_PROGRAM_DYNAMIC : ACRE_PROGRAM_MISSING;
        if (file >= 0)
            close(file);
        return kind;
    }
    bytes = read_at(file, begin.line, sizeof begin.line - 1, 0);
    if (bytes >= sizeof begin.elf && memcmp(begin.line, ELFMAG, SELFMAG) == 0)
        kind = kind_of_elf(file, &begin.elf);
    else if (bytes > 2 && memcmp(begin.line, "#!", 2) == 0)
        read_interpreter(interpreter, begin.line + 2);
    if (kind == ACRE_PROGRAM_DYNAMIC && (about.st_mode & (S_ISUID | S_ISGID)) != 0 &&
        (about.st_uid != geteuid() || (about.st_mode & S_ISGID) != 0))
        kind = ACRE_PROGRAM_SETUID;
    close(file);
    return kind;
}

void acre_program_look(struct acre_program *program, const char *name)
{
    char inner[PATH_MAX] = "";

    *program = (struct acre_program){.kind = ACRE_PROGRAM_MISSING};
    if (strchr(name, '/') == NULL && !find_on_path(program->path, name))
        return;
    if (strchr(name, '/') != NULL && snprintf(program->path, PATH_MAX, "%s", name) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return;
    }
    program->kind = kind_of(program->path, program->interpreter);
    if (program->interpreter[0] != '\0')
        program->kind = kind_of(program->interpreter, inner);
}
