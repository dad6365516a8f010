/* The functions behind ours: of the next library in line that has them. */
#ifndef ACRE_RECORDER_REAL_H
#define ACRE_RECORDER_REAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct acre_real {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void (*free)(void *);
    void *(*memalign)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    void *(*valloc)(size_t);
    void *(*pvalloc)(size_t);
    size_t (*malloc_usable_size)(void *);
    /* Also found early: to ask the loader takes a lock, which a child of fork may have inherited.
     */
    void (*_exit)(int);
    void (*quick_exit)(int);
    pid_t (*fork)(void);
    int (*dlclose)(void *);
};

/* Before the first call each function is one that finds them all, and calls the one it stands for:
 * so nobody has to ask. */
extern struct acre_real acre_real;

/* What is asked for while they are being found comes out of a buffer of ours, is never given back,
 * and is no call of the program's. */
bool acre_is_early(const void *block);

/* Stores the next function of a name behind ours into `function`, a pointer to it of whatever type.
 * Of one that no library has nothing is stored; looking for it may allocate. */
void acre_find_next(const char *name, void *function);

#endif
