#include "fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const char *acre_fuzz_file(const uint8_t *bytes, size_t count)
{
    static int file = -1;
    static char path[64];

    if (file < 0)
        file = memfd_create("fuzz", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, bytes, count, 0) != (ssize_t)count)
        return NULL;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return path;
}

void acre_fuzz_broken(const char *promise)
{
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

void acre_fuzz_check_sentence(const char *sentence)
{
    if (*sentence == '\0')
        acre_fuzz_broken("a failure has a sentence");
    for (; *sentence != '\0'; sentence++)
        if ((unsigned char)*sentence < 32 || *sentence == 127)
            acre_fuzz_broken("a sentence is one line");
}
