/*
 * Forks while other threads allocate from stacks that were never seen. The loader's lock, under
 * which its modules are listed, is held long, so that a child that inherits it locked is no matter
 * of luck: that child would wait for ever at its first new stack.
 *
 *    forks CHILDREN      "CHILDREN children ended"
 */
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 2, DEPTH = 12, HELD_NS = 200 * 1000, MOST_SECONDS = 20 };

static atomic_bool is_over;

/* In the place of the loader's own, which it calls. */

struct slow {
    int (*callback)(struct dl_phdr_info *info, size_t bytes, void *data);
    void *data;
    int has_slept;
};

static int slowly(struct dl_phdr_info *info, size_t bytes, void *data)
{
    const struct timespec held = {.tv_nsec = HELD_NS};
    struct slow *slow = data;

    if (!slow->has_slept)
        nanosleep(&held, NULL);
    slow->has_slept = 1;
    return slow->callback(info, bytes, slow->data);
}

int dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *), void *data)
{
    static int (*real)(int (*)(struct dl_phdr_info *, size_t, void *), void *);
    struct slow slow = {callback, data, 0};
    void *found;

    if (real == NULL) {
        found = dlsym(RTLD_NEXT, "dl_iterate_phdr");
        memcpy(&real, &found, sizeof found);
    }
    return real(slowly, &slow);
}

/* A stack for each number: its bits say which function is called on the way down. */

static void *descend(uint32_t number, int depth);

static __attribute__((noinline)) void *left(uint32_t number, int depth)
{
    void *volatile block = descend(number >> 1, depth - 1);

    return block;
}

static __attribute__((noinline)) void *right(uint32_t number, int depth)
{
    void *volatile block = descend(number >> 1, depth - 1);

    return block;
}

static __attribute__((noinline)) void *descend(uint32_t number, int depth)
{
    void *volatile block;

    if (depth == 0)
        block = malloc(20);
    else
        block = (number & 1) != 0 ? left(number, depth) : right(number, depth);
    return block;
}

static void *run(void *first)
{
    for (uint32_t number = *(const uint32_t *)first; !is_over; number += THREADS)
        free(descend(number * 2654435761u, DEPTH));
    return NULL;
}

/* What hangs is ended, and counts as failed. */
static int ends_well(pid_t child)
{
    const struct timespec nap = {.tv_nsec = 1000 * 1000};
    time_t begin = time(NULL);
    int status = -1;

    while (waitpid(child, &status, WNOHANG) == 0) {
        if (time(NULL) - begin > MOST_SECONDS)
            kill(child, SIGKILL);
        nanosleep(&nap, NULL);
    }
    return status == 0;
}

int main(int argc, char **argv)
{
    int children = argc > 1 ? atoi(argv[1]) : 10;
    uint32_t firsts[THREADS];
    pthread_t threads[THREADS];
    int ended = 0;

    for (uint32_t t = 0; t < THREADS; t++) {
        firsts[t] = t;
        if (pthread_create(&threads[t], NULL, run, &firsts[t]) != 0)
            return 1;
    }
    for (int c = 0; c < children && ended == c; c++) {
        pid_t child = fork();

        if (child == 0) {
            free(descend(0x555u + (uint32_t)c, DEPTH));
            _exit(0);
        }
        ended += child > 0 && ends_well(child);
    }
    is_over = 1;
    for (int t = 0; t < THREADS; t++)
        pthread_join(threads[t], NULL);
    printf("%d children ended\n", ended);
    return ended != children;
}
