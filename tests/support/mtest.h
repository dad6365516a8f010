/*
 * MTest(suite, name) { ... } is a Criterion test that fails, by name, when its body leaked or made
 * an error that memcheck or AddressSanitizer saw. Extra arguments are Criterion's own:
 * MTest(suite, name, .init = set_up).
 *
 * Criterion's own Test passes with a leak: each test is a process, and what a checker finds when
 * that process ends never reaches the verdict. The check therefore stands in the test's body.
 * Assertions in .fini do not fail a test either; assert in the body.
 *
 * Without a checker the guard costs nothing worth mentioning.
 */
#ifndef ACRE_TESTS_SUPPORT_MTEST_H
#define ACRE_TESTS_SUPPORT_MTEST_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acre_config.h"

#if defined(__SANITIZE_ADDRESS__)
#define MTEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MTEST_ASAN 1
#endif
#endif

#ifdef MTEST_ASAN
#include <sanitizer/lsan_interface.h>
#endif
#ifdef ACRE_HAVE_VALGRIND
#include <valgrind/memcheck.h>
#endif

struct mtest_mark {
    unsigned long errors;
    unsigned long leaked; /* bytes: definitely, indirectly and possibly lost */
    int lsan;             /* leaks seen by LeakSanitizer */
    void *alive;          /* see alive.c; a leak check during a test needs it just as much */
};

/* The body that is running, and the process that runs it: its children may leave as they like. */
static const char *mtest_body;
static pid_t mtest_process;

/* For Criterion a test that leaves with exit(0) has passed, wherever it stood. */
static void mtest_at_exit(int status, void *unused)
{
    (void)unused;
    if (status == 0 && mtest_body != NULL && getpid() == mtest_process) {
        fprintf(stderr, "%s left with exit(0) before its end\n", mtest_body);
        _exit(1);
    }
}

/*
 * A dead pointer left by the body would hide a leak. The body is never inlined, so its frame and
 * the registers it had to keep are gone; what is below on the stack is overwritten, and so are the
 * registers that carry arguments. The volatile pointer keeps a compiler from seeing that none of
 * these is used.
 */
static inline void mtest_take_six(long a, long b, long c, long d, long e, long f)
{
    (void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
}

__attribute__((noinline)) static void mtest_scrub(void)
{
    void (*volatile take_six)(long, long, long, long, long, long) = mtest_take_six;
    volatile char scrubbed[16384];
    for (size_t i = 0; i < sizeof scrubbed; i++) {
        scrubbed[i] = 0;
    }
    take_six(0, 0, 0, 0, 0, 0);
}

static inline void mtest_look(struct mtest_mark *mark)
{
    mtest_scrub();
#ifdef ACRE_HAVE_VALGRIND
    if (RUNNING_ON_VALGRIND) {
        unsigned long leaked = 0;
        unsigned long dubious = 0;
        unsigned long reachable = 0;
        unsigned long suppressed = 0;
        VALGRIND_DO_QUICK_LEAK_CHECK;
        VALGRIND_COUNT_LEAKS(leaked, dubious, reachable, suppressed);
        (void)reachable;
        (void)suppressed;
        mark->errors = VALGRIND_COUNT_ERRORS;
        mark->leaked = leaked + dubious;
    }
#endif
#ifdef MTEST_ASAN
    mark->lsan = __lsan_do_recoverable_leak_check();
#endif
}

static inline struct mtest_mark mtest_begin(const char *body)
{
    struct mtest_mark mark = {0};
    mark.alive = malloc(16);
    mtest_look(&mark);
    mtest_body = body;
    mtest_process = getpid();
    on_exit(mtest_at_exit, NULL);
    return mark;
}

static inline void mtest_end(const struct mtest_mark *before)
{
    struct mtest_mark after = {0};
    const char *body = mtest_body;
    mtest_body = NULL;
    mtest_look(&after);
    cr_assert(!before->lsan, "%s: something had leaked before the test began", body);
    cr_assert(!after.lsan, "%s leaked, see LeakSanitizer's report", body);
    cr_assert(after.errors <= before->errors, "%s: memcheck reported %lu error(s)", body,
              after.errors - before->errors);
    cr_assert(after.leaked <= before->leaked, "%s leaked %lu byte(s)", body,
              after.leaked - before->leaked);
    free(before->alive);
}

#define MTEST_FIRST_(first, ...) first
#define MTEST_STRING_(text)      #text
#define MTEST_DEFINE_(suite, name, ...)                                                            \
    __attribute__((noinline)) static void mtest_body_##suite##_##name(void);                       \
    Test(suite, __VA_ARGS__)                                                                       \
    {                                                                                              \
        struct mtest_mark mtest_mark = mtest_begin(#suite "::" MTEST_STRING_(name));               \
        mtest_body_##suite##_##name();                                                             \
        mtest_scrub(); /* here as well: where mtest_end's own frame is going to be */              \
        mtest_end(&mtest_mark);                                                                    \
    }                                                                                              \
    static void mtest_body_##suite##_##name(void)
#define MTEST_EXPAND_(suite, name, ...) MTEST_DEFINE_(suite, name, __VA_ARGS__)

/* The name is given once more with what follows it, so that there is always a variable argument. */
#define MTest(suite, ...) MTEST_EXPAND_(suite, MTEST_FIRST_(__VA_ARGS__, ), __VA_ARGS__)

#endif
