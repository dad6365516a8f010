/*
 * The guard of mtest.h, guarded: each test but the clean one sins when a checker is promised (see
 * armed.h) and is run alone, by --filter, so that no other failure covers for it.
 */
#include "support/mtest.h"

#include "armed.h"

static volatile size_t sixteen = 16;
static volatile int sink;
static int set_ups;

static void set_up(void)
{
    set_ups++;
}

static void only_when_armed(void)
{
    cr_assert(armed_memcheck() || armed_asan(), "no checker is promised");
}

MTest(canary, leaks)
{
    only_when_armed();
    char *volatile block = malloc(sixteen);
    memset(block, 1, sixteen);
    block = NULL;
}

MTest(canary, overflows)
{
    only_when_armed();
    char *volatile block = malloc(sixteen);
    memset(block, 1, sixteen);
    sink = block[sixteen];
    free(block);
}

/* Fails with and without a checker. */
MTest(canary, leaves_early)
{
    exit(0);
}

MTest(canary, is_clean, .init = set_up)
{
    cr_assert(set_ups == 1);
    void *volatile block = malloc(sixteen);
    free(block);
}
