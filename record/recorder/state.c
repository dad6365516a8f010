#include "record/recorder/state.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "record/recorder/call.h"
#include "record/recorder/loader.h"
#include "record/recorder/modules.h"
#include "record/recorder/process.h"
#include "record/recorder/ticks.h"
#include "record/recorder/unwind.h"

enum { THREAD_STACK_BYTES = 1024 * 1024 };

_Thread_local struct acre_state *acre_this_state __attribute__((tls_model("initial-exec")));

/* What threads have where nothing is recorded. */
static struct acre_state deaf = {.is_deaf = true, .busy = 1};

struct acre_state *acre_state_deaf(void)
{
    return &deaf;
}

/* The loader's: where the stack of the first thread begins. */
extern void *__libc_stack_end;

/* Begin and end --------------------------------------------------------------------------------
 */

/* The destructor of a thread's own memory. What comes behind it is recorded too: the state stays
 * the thread's until the kernel knows the thread no more. */
static void leave(void *state)
{
    ((struct acre_state *)state)->is_leaving = true;
}

static pthread_key_t leaving_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool has_leaving_key;

static void begin_process(void)
{
    has_leaving_key = pthread_key_create(&leaving_key, leave) == 0;
    acre_loader_prepare();
}

/* A state whose thread has gone; its block and its stacks go on. NULL: there is none. */
static struct acre_state *inherit_state(void)
{
    struct acre_state *state = *acre_process_states();
    pid_t process = getpid();
    pid_t thread = gettid();

    for (; state != NULL; state = state->next) {
        bool leaves = true;

        if (!state->is_leaving ||
            (state->thread != thread && (tgkill(process, state->thread, 0) == 0 || errno != ESRCH)))
            continue;
        if (atomic_compare_exchange_strong(&state->is_leaving, &leaves, false))
            return state;
    }
    return NULL;
}

static struct acre_state *make_state(void)
{
    struct acre_state *state =
        mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (state == MAP_FAILED)
        return NULL;
    if (madvise(state, sizeof *state, MADV_WIPEONFORK) == 0)
        return state;
    munmap(state, sizeof *state);
    return NULL;
}

/* Where its stack is, without asking the library, which might hold a lock of its own just now:
 * glibc puts what pthread_self points to at the top of a thread's stack. */
static void find_own(struct acre_state *state)
{
    struct rlimit limit;

    if (gettid() != getpid()) {
        state->stack_top = (const void *)(uintptr_t)pthread_self();
        state->stack_bytes = THREAD_STACK_BYTES;
        return;
    }
    state->stack_top = __libc_stack_end;
    state->stack_bytes = THREAD_STACK_BYTES;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        state->stack_bytes = limit.rlim_cur;
}

static void find_stack(struct acre_state *state)
{
    find_own(state);
    acre_known_begin(&state->known, state->stack_top);
}

/* New, or wiped: it becomes one of this process. */
static void number_state(struct acre_state *state)
{
    _Atomic(struct acre_state *) *states = acre_process_states();

    state->number = acre_process_next_state();
    state->has_stacks = acre_settings.stacks != ACRE_RAW_NO_STACKS;
    state->thread = gettid();
    find_stack(state);
    state->next = *states;
    while (!atomic_compare_exchange_weak(states, &state->next, state))
        continue;
}

/* Its block tells whose calls follow. */
static void tell_thread(struct acre_state *state)
{
    uint64_t *words;

    state->thread = gettid();
    find_stack(state);
    acre_state_enter(state);
    words = acre_note_begin(state, 1);
    if (words != NULL) {
        words[0] = (uint64_t)state->thread;
        acre_note_end(state, ACRE_RAW_THREAD, 1);
    }
    acre_state_leave(state);
}

struct acre_state *acre_state_begin(void)
{
    enum acre_process_state ready = acre_process_ready();
    struct acre_state *state = NULL;
    int before = errno;

    if (ready == ACRE_PROCESS_TOO_EARLY)
        return NULL;
    if (ready == ACRE_PROCESS_RECORDS)
        state = inherit_state();
    if (state != NULL)
        tell_thread(state);
    else if (ready == ACRE_PROCESS_RECORDS && (state = make_state()) != NULL)
        number_state(state);
    acre_this_state = &deaf; /* what the library allocates for us is no call of the program's */
    pthread_once(&once, begin_process);
    if (state != NULL && has_leaving_key)
        pthread_setspecific(leaving_key, state);
    if (state != NULL)
        acre_this_state = state;
    errno = before;
    return acre_this_state;
}

/* Blocks ---------------------------------------------------------------------------------------
 */

static void begin_block(struct acre_state *state, struct acre_raw_block *block)
{
    block->thread = (uint32_t)state->thread;
    block->state = state->number;
    block->ticks = acre_ticks();
    block->ns = acre_clock_ns(CLOCK_MONOTONIC);
    atomic_thread_fence(memory_order_release);
    block->magic = ACRE_RAW_BLOCK_MAGIC;
    state->block = block;
    state->at = block->words;
    state->end = block->words + ACRE_RAW_BLOCK_WORDS;
}

bool acre_state_make_room(struct acre_state *state, size_t words)
{
    int before = errno;
    struct acre_raw_block *block = NULL;

    if ((size_t)(state->end - state->at) >= words)
        return true;
    if (state->is_deaf)
        return false;
    if (state->number == 0 && acre_process_ready() == ACRE_PROCESS_RECORDS)
        number_state(state);
    if (state->number != 0)
        block = acre_process_take_block(&state->window);
    if (block != NULL)
        begin_block(state, block);
    else if (state->number != 0)
        acre_process_head()->dropped++;
    if (block == NULL)
        state->at = state->end = NULL; /* the window may be anywhere */
    errno = before;
    return block != NULL;
}

void acre_state_sample(struct acre_state *state, uint64_t ticks)
{
    state->until_sample = ACRE_CALLS_A_SAMPLE - 1;
    if (state->end != NULL) {
        _Atomic uint64_t *overhead = &state->block->overhead_ticks;
        uint64_t before = atomic_load_explicit(overhead, memory_order_relaxed);

        /* Of this thread alone: an addition that no other can see half of need not be locked. */
        atomic_store_explicit(overhead, before + (state->sampled + 1) * (acre_ticks() - ticks),
                              memory_order_relaxed);
    }
    /* The first one, in which everything begins, stands for itself. */
    state->sampled = ACRE_CALLS_A_SAMPLE - 1;
}

/* Notes ----------------------------------------------------------------------------------------
 */

uint64_t *acre_note_begin(struct acre_state *state, size_t words)
{
    if (!acre_state_make_room(state, words + 2))
        return NULL;
    return state->at + 2;
}

uint64_t acre_note_end(struct acre_state *state, enum acre_raw_note what, size_t words)
{
    uint64_t first = ACRE_RAW_NOTE | (uint64_t)what << 4 | (uint64_t)words << 16;

    uint64_t ticks = acre_ticks_after();

    state->at[1] = ticks;
    acre_store_first(state->at, first);
    state->at += words + 2;
    return ticks;
}

uint64_t acre_note(enum acre_raw_note what, uint64_t number, const char *text)
{
    struct acre_state *state = acre_this_state != NULL ? acre_this_state : acre_state_begin();
    size_t bytes = strnlen(text, ACRE_RAW_MOST_PATH_BYTES - 1) + 1;
    size_t words = 1 + (bytes + 7) / 8;
    uint64_t ticks = 0;
    uint64_t *at;

    if (state == NULL || state->busy != 0)
        return 0;
    acre_state_enter(state);
    at = acre_note_begin(state, words);
    if (at != NULL) {
        at[0] = number;
        at[words - 1] = 0;
        memcpy(at + 1, text, bytes - 1);
        ticks = acre_note_end(state, what, words);
    }
    acre_state_leave(state);
    return ticks;
}

/* Handlers of signals --------------------------------------------------------------------------
 */

/* The thread-local memory of libunwind, which the loader gets for each thread that it runs in
 * first, and gives back when the thread ends. */
static bool is_ours(const struct acre_state *state, const void *caller)
{
    return state->is_unwinding && acre_is_in_loader(caller);
}

void acre_state_defer(struct acre_state *state, const struct acre_call *call, const void *caller)
{
    uint32_t place;

    if (state->is_deaf)
        return;
    place = state->deferred++; /* in one piece: this handler may be interrupted by another */
    if (place >= ACRE_MOST_DEFERRED) {
        state->deferred--;
        acre_process_head()->dropped++;
        return;
    }
    state->deferred_calls[place] = *call;
    if (is_ours(state, caller))
        state->deferred_calls[place].kind = ACRE_RAW_NOTE;
}

static void store_ours(struct acre_state *state, const void *block)
{
    uint64_t *words = acre_note_begin(state, 1);

    if (words == NULL)
        return;
    words[0] = (uintptr_t)block;
    acre_note_end(state, ACRE_RAW_OURS, 1);
}

/* The state is busy: what comes in the middle of this is deferred in its turn, and found at the
 * end. */
static void store_deferred(struct acre_state *state)
{
    uint32_t stored = 0;

    do
        for (; stored < state->deferred; stored++) {
            const struct acre_call *call = &state->deferred_calls[stored];

            if (call->kind == ACRE_RAW_NOTE)
                store_ours(state, call->block);
            else
                acre_store_call(state, call, 0);
        }
    while (!atomic_compare_exchange_strong(&state->deferred, &stored, 0));
}

void acre_state_leave_late(struct acre_state *state)
{
    while (state->deferred != 0) {
        acre_state_enter(state);
        store_deferred(state);
        atomic_signal_fence(memory_order_seq_cst);
        state->busy = 0;
    }
}
