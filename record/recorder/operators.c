/*
 * C++'s operators, for programs whose allocator has them itself (`--over jemalloc`): they do not
 * come by malloc there. In a library of their own, since libstdc++'s do, and would be told twice,
 * and since there is nobody to hand them on to in a program that loads libstdc++ late, for one
 * library alone.
 */
#include "record/recorder/call.h"
#include "record/recorder/real.h"

#define EXPORTED __attribute__((visibility("default")))
#define HERE     ((void *const *)__builtin_frame_address(0))

/* What the library calls in its own operator, malloc for one, is no call of the program's:
 * meanwhile its thread is deaf. An exception that leaves it makes it hear again. */
static struct acre_state *deafen(void)
{
    struct acre_state *state = acre_this_state;

    acre_this_state = acre_state_deaf();
    return state;
}

static void hear_again(struct acre_state *const *state)
{
    acre_this_state = *state;
}

#define DEAF struct acre_state *heard __attribute__((cleanup(hear_again), unused)) = deafen()

/* Even to ask for the usable size makes tcmalloc allocate, once. */
static size_t usable_size(void *block)
{
    DEAF;
    return acre_real.malloc_usable_size(block);
}

static inline __attribute__((always_inline)) void *told(void *block, size_t bytes, size_t align,
                                                        void *const *frame)
{
    struct acre_call call = {
        .kind = ACRE_RAW_MALLOC,
        .call = ACRE_RAW_NEW,
        .block = block,
        .bytes = bytes,
        .usable_bytes = bytes,
        .align = align,
    };

    if (block == NULL || acre_this_state == acre_state_deaf())
        return block;
    call.usable_bytes = usable_size(block);
    acre_record(&call, frame);
    return block;
}

static inline __attribute__((always_inline)) void tell_death(void *block, void *const *frame)
{
    const struct acre_call call = {.kind = ACRE_RAW_FREE, .block = block};

    if (block != NULL)
        acre_record(&call, frame);
}

#define NEW(name, parameters, arguments, align)                                                    \
    void *name parameters;                                                                         \
    EXPORTED void *name parameters                                                                 \
    {                                                                                              \
        static void *(*real)parameters;                                                            \
                                                                                                   \
        void *block;                                                                               \
                                                                                                   \
        if (real == NULL)                                                                          \
            acre_find_next(#name, &real);                                                          \
        {                                                                                          \
            DEAF;                                                                                  \
            block = real arguments;                                                                \
        }                                                                                          \
        return told(block, bytes, align, HERE);                                                    \
    }

#define DELETE(name, parameters, arguments)                                                        \
    void name parameters;                                                                          \
    EXPORTED void name parameters                                                                  \
    {                                                                                              \
        static void(*real) parameters;                                                             \
                                                                                                   \
        if (real == NULL)                                                                          \
            acre_find_next(#name, &real);                                                          \
        tell_death(block, HERE);                                                                   \
        {                                                                                          \
            DEAF;                                                                                  \
            real arguments;                                                                        \
        }                                                                                          \
    }

/* std::nothrow_t and std::align_val_t as the C++ ABI hands them over. */
NEW(_Znwm, (size_t bytes), (bytes), 0)
NEW(_Znam, (size_t bytes), (bytes), 0)
NEW(_ZnwmRKSt9nothrow_t, (size_t bytes, const void *nothrow), (bytes, nothrow), 0)
NEW(_ZnamRKSt9nothrow_t, (size_t bytes, const void *nothrow), (bytes, nothrow), 0)
NEW(_ZnwmSt11align_val_t, (size_t bytes, size_t align), (bytes, align), align)
NEW(_ZnamSt11align_val_t, (size_t bytes, size_t align), (bytes, align), align)
NEW(_ZnwmSt11align_val_tRKSt9nothrow_t, (size_t bytes, size_t align, const void *nothrow),
    (bytes, align, nothrow), align)
NEW(_ZnamSt11align_val_tRKSt9nothrow_t, (size_t bytes, size_t align, const void *nothrow),
    (bytes, align, nothrow), align)
DELETE(_ZdlPv, (void *block), (block))
DELETE(_ZdaPv, (void *block), (block))
DELETE(_ZdlPvm, (void *block, size_t bytes), (block, bytes))
DELETE(_ZdaPvm, (void *block, size_t bytes), (block, bytes))
DELETE(_ZdlPvRKSt9nothrow_t, (void *block, const void *nothrow), (block, nothrow))
DELETE(_ZdaPvRKSt9nothrow_t, (void *block, const void *nothrow), (block, nothrow))
DELETE(_ZdlPvSt11align_val_t, (void *block, size_t align), (block, align))
DELETE(_ZdaPvSt11align_val_t, (void *block, size_t align), (block, align))
DELETE(_ZdlPvmSt11align_val_t, (void *block, size_t bytes, size_t align), (block, bytes, align))
DELETE(_ZdaPvmSt11align_val_t, (void *block, size_t bytes, size_t align), (block, bytes, align))
DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t, (void *block, size_t align, const void *nothrow),
       (block, align, nothrow))
DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t, (void *block, size_t align, const void *nothrow),
       (block, align, nothrow))
