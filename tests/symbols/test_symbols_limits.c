/* libdw has too little memory: it would end the process. */
#include "symbols/subjects.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child leaves with. */
enum { DONE = 10, REFUSED };

static rlim_t address_space_bytes(void)
{
    FILE *stream = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;

    cr_assert(stream != NULL && fscanf(stream, "%lu", &pages) == 1);
    fclose(stream);
    return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void limit_address_space(rlim_t bytes)
{
    cr_assert_eq(setrlimit(RLIMIT_AS, &(struct rlimit){bytes, RLIM_INFINITY}), 0);
}

/* Leaves malloc nothing but what it gets from the system from here on. */
static void empty_heap(void)
{
    for (size_t bytes = 1 << 16; bytes >= 16; bytes /= 2)
        while (malloc(bytes) != NULL)
            continue;
}

/* libdw uses a third of it. What the stack has grown to once stays, even where it might not grow.
 */
static void grow_stack(void)
{
    volatile char bytes[1 << 20];

    for (size_t i = 0; i < sizeof bytes; i += 512)
        bytes[i] = 0;
}

/* Looks all over the file, with so many bytes more than there are in use. */
static int use_within(const char *path, rlim_t more_bytes)
{
    struct acre_alloc *memory = acre_malloc_new();
    struct acre_symbols *symbols = acre_symbols_new(memory, NULL, 0);
    struct acre_frames found;
    rlim_t bytes;
    uint32_t module;
    bool is_done = true;

    cr_assert(acre_symbols_add(symbols, path, NULL, 0, &module));
    grow_stack();
    bytes = address_space_bytes();
    limit_address_space(bytes);
    empty_heap();
    limit_address_space(bytes + more_bytes);
    for (uint64_t address = 0; address < 40000 && is_done; address += 16)
        is_done = acre_symbols_look_up(symbols, module, address, &found);
    acre_symbols_destroy(symbols);
    acre_destroy(memory);
    return is_done ? DONE : REFUSED;
}

MTest(symbols_limits, want_of_memory_is_no_end, .timeout = 60)
{
    size_t refused = 0, done = 0;

    for (rlim_t more_bytes = 0; more_bytes < 4 << 20; more_bytes += 64 << 10) {
        int status;
        pid_t child = fork();

        if (child == 0)
            _exit(use_within(SUBJECT_CPP[0] != '\0' ? SUBJECT_CPP : SUBJECT, more_bytes));
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_assert(WIFEXITED(status), "%lu: signal %d", more_bytes, WTERMSIG(status));
        refused += WEXITSTATUS(status) == REFUSED;
        done += WEXITSTATUS(status) == DONE;
    }
    cr_assert_eq(refused + done, 64);
    cr_assert_gt(done, 0);
    cr_assert_gt(refused, 3);
}
