/*
 * Counts a program's calls of malloc and its kin, to hold a recorder's count against: a preload
 * that knows nothing of acre. Each process has a file in $COUNT_DIRECTORY, mapped, so that a kill
 * loses nothing; a call is counted in front of the real one.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { MALLOC, CALLOC, REALLOC, FREE, ALIGNED, COUNTERS };

static _Atomic uint64_t nowhere[COUNTERS];
static _Atomic uint64_t *counters = nowhere;
static _Atomic pid_t owner;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void (*real_free)(void *);
static void *(*real_memalign)(size_t, size_t);
static int (*real_posix_memalign)(void **, size_t, size_t);
static void *(*real_aligned_alloc)(size_t, size_t);

static void find(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);

    memcpy(function, &found, sizeof found);
}

/* Preloaded into the recording program too, which is not what is counted. */
static int is_acre(void)
{
    char path[4096] = "";
    ssize_t bytes = readlink("/proc/self/exe", path, sizeof path - 1);

    return bytes >= 5 && strcmp(path + bytes - 5, "/acre") == 0;
}

static void begin(void)
{
    static _Atomic unsigned files;
    const char *directory = getenv("COUNT_DIRECTORY");
    char path[4096];
    int file = -1;
    void *memory = MAP_FAILED;
    int before = errno;

    if (real_malloc == NULL) {
        find("calloc", &real_calloc);
        find("realloc", &real_realloc);
        find("free", &real_free);
        find("memalign", &real_memalign);
        find("posix_memalign", &real_posix_memalign);
        find("aligned_alloc", &real_aligned_alloc);
        find("malloc", &real_malloc);
    }
    owner = getpid();
    if (directory != NULL && !is_acre()) {
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        snprintf(path, sizeof path, "%s/%d-%ld-%u", directory, (int)getpid(), now.tv_nsec, files++);
        file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    }
    if (file >= 0 && ftruncate(file, sizeof nowhere) == 0)
        memory = mmap(NULL, sizeof nowhere, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0)
        close(file);
    counters = memory != MAP_FAILED ? memory : nowhere;
    errno = before;
}

static void count(int which)
{
    if (owner != getpid())
        begin();
    counters[which]++;
}

void *malloc(size_t bytes)
{
    count(MALLOC);
    return real_malloc(bytes);
}

void *calloc(size_t number, size_t bytes)
{
    count(CALLOC);
    return real_calloc(number, bytes);
}

/* What realloc's begin is a call of. */
void *realloc(void *block, size_t bytes)
{
    count(REALLOC);
    return real_realloc(block, bytes);
}

void free(void *block)
{
    if (block == NULL)
        return;
    count(FREE);
    real_free(block);
}

void *memalign(size_t align, size_t bytes)
{
    count(ALIGNED);
    return real_memalign(align, bytes);
}

int posix_memalign(void **block, size_t align, size_t bytes)
{
    count(ALIGNED);
    return real_posix_memalign(block, align, bytes);
}

void *aligned_alloc(size_t align, size_t bytes)
{
    count(ALIGNED);
    return real_aligned_alloc(align, bytes);
}
