#include "record/recorder/loader.h"

#include <errno.h>
#include <pthread.h>

#include "record/recorder/process.h"
#include "record/recorder/ticks.h"

static _Thread_local bool is_forking; /* this thread, and it is counted */

enum { NAP_NS = 20 * 1000, MOST_WAIT_NS = 100 * 1000 * 1000 };

/* False: long enough. `since_ns`: 0 at first. */
static bool nap(uint64_t *since_ns)
{
    const struct timespec length = {.tv_nsec = NAP_NS};
    uint64_t now_ns = acre_clock_ns(CLOCK_MONOTONIC);

    if (*since_ns == 0)
        *since_ns = now_ns;
    if (now_ns - *since_ns > MOST_WAIT_NS)
        return false;
    nanosleep(&length, NULL);
    return true;
}

/* Walks ---------------------------------------------------------------------------------------- */

void acre_loader_enter(struct acre_state *state)
{
    _Atomic uint32_t *forks = acre_process_forks();
    int before = errno;
    uint64_t since_ns = 0;
    bool goes_on = true;

    state->is_in_loader = true;
    while (goes_on && *forks != 0 && !is_forking) {
        state->is_in_loader = false;
        goes_on = nap(&since_ns);
        state->is_in_loader = true;
    }
    errno = before;
}

void acre_loader_leave(struct acre_state *state)
{
    atomic_store_explicit(&state->is_in_loader, false, memory_order_release);
}

/* Forks ---------------------------------------------------------------------------------------- */

static void wait_for_walks(const struct acre_state *mine)
{
    uint64_t since_ns = 0;

    for (const struct acre_state *state = *acre_process_states(); state != NULL;
         state = state->next)
        while (state != mine && state->is_in_loader)
            if (!nap(&since_ns))
                return;
}

/* A handler of fork, and not a part of our own, which daemon and forkpty do not call. */
static void before_fork(void)
{
    int before = errno;

    if (acre_process_ready() != ACRE_PROCESS_RECORDS)
        return;
    is_forking = true;
    ++*acre_process_forks();
    wait_for_walks(acre_this_state);
    errno = before;
}

static void after_fork(void)
{
    if (is_forking)
        --*acre_process_forks();
    is_forking = false;
}

/* Its count is 0, as all that fork wipes. */
static void begin_child(void)
{
    is_forking = false;
}

/* Asked for before any library could ask for its own: so it comes last of all in front of fork, and
 * first behind it. */
void acre_loader_prepare(void)
{
    pthread_atfork(before_fork, after_fork, begin_child);
}
