/*
 * Allocates from stacks of many shapes, again and again, and tells beside each block what the C
 * library says of the stack it came from, so that a recording can be held against it
 * (stacks_agree.c).
 *
 *    stacks FILE      each record: a size that no other block has, a count, so many return
 * addresses of the callers of the function that allocated, innermost first
 */
#include <alloca.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

enum { MOST_FRAMES = 2000, RECORDS = 30000, FIRST_SIZE = 1000000, COROUTINE_BYTES = 256 * 1024 };

static FILE *file;
static _Atomic int records;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local uint64_t random_state;

static uint32_t draw(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % below;
}

/* The first of the addresses is in this function; what follows is what malloc's caller has too. */
static __attribute__((noinline)) void allocate(void)
{
    void *frames[MOST_FRAMES];
    int number = records++;
    uint64_t size = FIRST_SIZE + (uint64_t)number;
    uint64_t count;

    if (number >= RECORDS)
        return;
    count = (uint64_t)backtrace(frames, MOST_FRAMES) - 1;
    free(malloc(size));
    pthread_mutex_lock(&lock);
    fwrite(&size, sizeof size, 1, file);
    fwrite(&count, sizeof count, 1, file);
    fwrite(frames + 1, sizeof *frames, count, file);
    pthread_mutex_unlock(&lock);
}

static __attribute__((noinline)) int plain(int depth);

/* A frame whose size is only known at run time, and with old return addresses in it. */
static __attribute__((noinline)) int sized(int depth)
{
    volatile char *room = alloca(16 + draw(200));

    room[0] = (char)depth;
    if (draw(4) == 0)
        allocate();
    return depth > 0 ? plain(depth - 1) + room[0] : room[0];
}

static __attribute__((noinline)) int large(int depth)
{
    volatile char room[777];

    room[draw(777)] = 1;
    if (draw(4) == 0)
        allocate();
    return depth > 0 ? sized(depth - 1) + room[5] : room[5];
}

/* Registers that are saved and restored, rbp among them. */
static __attribute__((noinline)) int busy(int depth)
{
    int a = (int)draw(9), b = (int)draw(8), c = (int)draw(7), d = (int)draw(6), e = (int)draw(5),
        f = (int)draw(4);

    for (int i = 0; i < 2; i++) {
        a += b * i;
        allocate();
        b += c ^ a;
        if (depth > 0)
            c += draw(2) != 0 ? large(depth / 2) : plain(depth / 2);
        d += e - f + c;
        e ^= a;
        f += d;
    }
    return a + b + c + d + e + f;
}

static __attribute__((noinline)) int plain(int depth)
{
    volatile int result = depth;

    if (draw(4) == 0)
        allocate();
    if (depth == 0)
        return result;
    switch (draw(3)) {
    case 0:
        return sized(depth - 1) + result;
    case 1:
        return large(depth - 1) + result;
    default:
        return busy(depth / 2) + result;
    }
}

static int compare(const void *a, const void *b)
{
    if (draw(20) == 0)
        allocate();
    return *(const int *)a - *(const int *)b;
}

static void through_a_library(void)
{
    int numbers[50];

    for (int i = 0; i < 50; i++)
        numbers[i] = (int)draw(1000);
    qsort(numbers, 50, sizeof numbers[0], compare);
}

/* Coroutines, on stacks that are used again for others. */
static ucontext_t here, there;

static void coroutine(void)
{
    random_state = random_state * 3 + 1;
    plain((int)draw(12));
    allocate();
}

static void through_a_coroutine(void)
{
    char *stack = malloc(COROUTINE_BYTES);

    getcontext(&there);
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = COROUTINE_BYTES;
    there.uc_link = &here;
    makecontext(&there, coroutine, 0);
    swapcontext(&here, &there);
    free(stack);
}

static void handle(int signal)
{
    (void)signal;
    allocate();
    plain((int)draw(6));
}

static __attribute__((noinline)) int deep(int depth)
{
    volatile int level = depth;

    if (depth == 0)
        allocate();
    else
        return deep(depth - 1) + level;
    return level;
}

static void *thread(void *argument)
{
    random_state = (uint64_t)(uintptr_t)argument * UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 0; i < 300; i++)
        plain((int)draw(30));
    return NULL;
}

int main(int argc, char **argv)
{
    static char signal_stack[64 * 1024];
    const stack_t other = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};
    const struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
    pthread_t threads[3];
    void *warm[4];

    if (argc != 2 || (file = fopen(argv[1], "wb")) == NULL)
        return 2;
    random_state = UINT64_C(0x9E3779B97F4A7C15);
    backtrace(warm, 4);
    sigaltstack(&other, NULL);
    sigaction(SIGUSR1, &action, NULL);
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 5; i++)
            plain((int)draw(40));
        through_a_library();
        through_a_coroutine();
        raise(SIGUSR1);
        deep(round % 10 == 0 ? 700 : 100);
        deep(3);
    }
    for (uintptr_t t = 0; t < 3; t++)
        if (pthread_create(&threads[t], NULL, thread, (void *)(t + 2)) != 0)
            return 1;
    for (int t = 0; t < 3; t++)
        pthread_join(threads[t], NULL);
    return fclose(file) != 0;
}
