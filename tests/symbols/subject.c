/*
 * A program to be looked up: it prints, for some places in it, what stands there, a line each:
 *
 *    ADDRESS FUNCTION LINE [FUNCTION LINE]...      innermost first, the address a link-time one
 */
#include <inttypes.h>
#include <link.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#define INLINED static inline __attribute__((always_inline))
#define ALONE   __attribute__((noinline))

static uintptr_t load_bias;
volatile int sink;

/* The caller's place: its return address less one, in the file. */
ALONE static void say(int frames, ...)
{
    va_list arguments;

    printf("%" PRIxPTR, (uintptr_t)__builtin_return_address(0) - 1 - load_bias);
    va_start(arguments, frames);
    for (int i = 0; i < frames; i++) {
        const char *function = va_arg(arguments, const char *);

        printf(" %s %d", function, va_arg(arguments, int));
    }
    va_end(arguments);
    putchar('\n');
    sink++; /* no call in its place */
}

INLINED int square(int x, const char *name, int line, const char *outer_name, int outer_line)
{
    say(3, __func__, __LINE__, name, line, outer_name, outer_line);
    return x * x;
}

INLINED int cube(int x, const char *name, int line)
{
    say(2, __func__, __LINE__, name, line);
    return x * square(x, __func__, __LINE__, name, line);
}

int volume(int x);

ALONE int volume(int x)
{
    say(1, __func__, __LINE__);
    return cube(x, __func__, __LINE__) + 1;
}

ALONE static int twice(int x)
{
    say(1, __func__, __LINE__);
    return cube(x, __func__, __LINE__) - cube(x + 1, __func__, __LINE__);
}

/* No debug information tells of it, and it has no size. */
void bare(void);
__asm__(".text\n.globl bare\n.type bare, %function\nbare:\n"
        ".rept 64\nnop\n.endr\n"
        "ret\n");

static int tell_bias(struct dl_phdr_info *info, size_t bytes, void *unused)
{
    (void)bytes, (void)unused;
    load_bias = info->dlpi_addr;
    return 1; /* the program itself comes first */
}

int main(int count, char **arguments)
{
    (void)arguments;
    dl_iterate_phdr(tell_bias, NULL);
    sink = volume(count) + twice(count);
    bare();
    printf("%" PRIxPTR " bare 0\n", (uintptr_t)bare + 5 - load_bias);
    say(1, __func__, __LINE__);
    return 0;
}
