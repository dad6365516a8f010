/*
 * Marks: what a program tells a recording of itself (`acre record`). This one file is all there is
 * to it: nothing is linked, and without a recording a mark is a test of one pointer.
 *
 *     #include <acre/mark.h>
 *
 *     for (uint64_t n = 0; serve(); n++) {
 *         acre_mark_scope_begin("request", n);
 *         ...
 *         acre_mark_scope_end("request");
 *     }
 *
 * C99 and C++; GCC and clang. Of a name the first 63 bytes count; a recording takes the first 254
 * different names of scopes, and the first 240 of purposes, the rest it counts as one. Any thread
 * may mark; marks are of that thread.
 *
 * A program that is linked statically has no recorder, and its marks do nothing.
 */
#ifndef ACRE_MARK_H
#define ACRE_MARK_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum acre_mark {
    ACRE_MARK_SCOPE_BEGIN = 7,
    ACRE_MARK_SCOPE_END = 8,
    ACRE_MARK_REGION_RESET = 9,
    ACRE_MARK_PURPOSE = 10
};

/* Not for programs: the recorder's function, NULL where there is none. Its address is taken from
 * the table of what is found when the program is loaded, since a linker may decide earlier that a
 * weak symbol is nowhere. */
typedef void (*acre_mark_function)(enum acre_mark mark, uint64_t number, const char *name);

#if defined(__x86_64__)

static inline acre_mark_function acre_mark_recorder(void)
{
    acre_mark_function function;

    __asm__(".weak acre_record_mark\n\tmovq acre_record_mark@GOTPCREL(%%rip), %0" : "=r"(function));
    return function;
}

#elif defined(__aarch64__)

static inline acre_mark_function acre_mark_recorder(void)
{
    acre_mark_function function;

    __asm__(".weak acre_record_mark\n\tadrp %0, :got:acre_record_mark\n\t"
            "ldr %0, [%0, :got_lo12:acre_record_mark]"
            : "=r"(function));
    return function;
}

#else

extern void acre_record_mark(enum acre_mark mark, uint64_t number, const char *name)
    __attribute__((weak));

static inline acre_mark_function acre_mark_recorder(void)
{
    return acre_record_mark;
}

#endif

static inline void acre_mark(enum acre_mark mark, uint64_t number, const char *name)
{
    acre_mark_function function = acre_mark_recorder();

    if (function)
        function(mark, number, name);
}

/* A span of the program's work begins: an iteration, a request, a phase. Scopes of different names
 * may nest and overlap; one of the same name ends the one before it. */
static inline void acre_mark_scope_begin(const char *name, uint64_t number)
{
    acre_mark(ACRE_MARK_SCOPE_BEGIN, number, name);
}

static inline void acre_mark_scope_end(const char *name)
{
    acre_mark(ACRE_MARK_SCOPE_END, 0, name);
}

/* A region of the program's own gives up all it holds at once: what the region had from malloc is
 * seen anyway, that it is empty now is not. */
static inline void acre_mark_region_reset(const char *name)
{
    acre_mark(ACRE_MARK_REGION_RESET, 0, name);
}

/* What this thread allocates from here on is for: "tape node". NULL or "": nothing in particular.
 */
static inline void acre_mark_purpose(const char *name)
{
    acre_mark(ACRE_MARK_PURPOSE, 0, name ? name : "");
}

#ifdef __cplusplus
}
#endif

#endif
