/* Files that tests write and read by the thousand. */
#ifndef ACRE_TESTS_SUPPORT_MEMORY_FILE_H
#define ACRE_TESTS_SUPPORT_MEMORY_FILE_H

#include "mtest.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file in memory with a path, so that a test of thousands of files touches no disk. */
struct memory_file {
    int descriptor;
    char path[64];
};

static inline struct memory_file memory_file(void)
{
    struct memory_file file = {.descriptor = memfd_create("test", MFD_CLOEXEC)};

    cr_assert(file.descriptor >= 0);
    snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.descriptor);
    return file;
}

static inline void put_bytes(const struct memory_file *file, const void *bytes, size_t count)
{
    cr_assert_eq(ftruncate(file->descriptor, 0), 0);
    cr_assert_eq(pwrite(file->descriptor, bytes, count, 0), (ssize_t)count);
}

#endif
