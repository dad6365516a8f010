/* The calls that recorders forget, and what they answer; prints a line for each that is not as it
 * should be. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int faults;

static void expect(int holds, const char *what)
{
    if (!holds) {
        printf("wrong: %s\n", what);
        faults++;
    }
}

static int is_aligned(const void *block, size_t align)
{
    return block != NULL && (uintptr_t)block % align == 0;
}

/* So that the compiler has to call. */
static size_t hidden(volatile size_t size)
{
    return size;
}

static void zero_and_overflow(void)
{
    void *a = malloc(hidden(0));
    void *b = malloc(hidden(0));

    expect(a != NULL && b != NULL && a != b, "malloc(0) gives blocks of their own");
    free(a);
    free(b);
    free(NULL);
    errno = 0;
    expect(calloc(hidden(SIZE_MAX / 2), hidden(3)) == NULL && errno == ENOMEM, "calloc's overflow");
    errno = 0;
    expect(malloc(hidden(PTRDIFF_MAX)) == NULL && errno == ENOMEM, "malloc's refusal");
    errno = 0;
    expect(reallocarray(NULL, hidden(SIZE_MAX / 2), hidden(3)) == NULL && errno == ENOMEM,
           "reallocarray's overflow");
}

static void resizes(void)
{
    char *block = realloc(NULL, hidden(100));
    char *before;

    expect(block != NULL, "realloc of nothing");
    memset(block, 7, 100);
    block = realloc(block, hidden(100000));
    expect(block != NULL && block[99] == 7, "realloc keeps what was there");
    before = block;
    errno = 0;
    expect(realloc(block, hidden(PTRDIFF_MAX)) == NULL && errno == ENOMEM && before[99] == 7,
           "a realloc that fails leaves the block");
    block = reallocarray(block, hidden(10), hidden(20));
    expect(block != NULL && block[99] == 7, "reallocarray");
    expect(realloc(block, hidden(0)) == NULL, "realloc to nothing frees");
}

static void alignments(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *block = NULL;
    int error;

    block = memalign(hidden(256), 100);
    expect(is_aligned(block, 256) && malloc_usable_size(block) >= 100, "memalign");
    free(block);
    errno = 1234;
    block = NULL;
    error = posix_memalign(&block, hidden(4096), 100);
    expect(error == 0 && is_aligned(block, 4096) && errno == 1234, "posix_memalign");
    free(block);
    block = &page;
    error = posix_memalign(&block, hidden(24), 100);
    expect(error == EINVAL && block == &page && errno == 1234, "posix_memalign's refusal");
    block = aligned_alloc(hidden(64), 640);
    expect(is_aligned(block, 64), "aligned_alloc");
    free(block);
    block = valloc(hidden(10));
    expect(is_aligned(block, page), "valloc");
    free(block);
    block = pvalloc(hidden(10));
    expect(is_aligned(block, page) && malloc_usable_size(block) >= page, "pvalloc");
    free(block);
    expect(malloc_usable_size(NULL) == 0, "malloc_usable_size of nothing");
}

/* A program may use all that it is told it has. */
static void slack(void)
{
    for (size_t bytes = 1; bytes < 5000; bytes += 77) {
        char *block = malloc(bytes);
        size_t usable = malloc_usable_size(block);

        memset(block, 5, usable);
        expect(usable >= bytes && block[usable - 1] == 5, "the slack is the program's");
        errno = 77;
        free(block);
        expect(errno == 77, "free leaves errno");
    }
}

static void large(void)
{
    size_t bytes = (size_t)6 << 30;
    char *block = malloc(hidden(bytes));

    if (block != NULL)
        block[bytes - 1] = 1;
    free(block);
}

int main(void)
{
    zero_and_overflow();
    resizes();
    alignments();
    slack();
    large();
    puts(faults == 0 ? "all as it should be" : "not as it should be");
    return faults != 0;
}
