/*
 * Handlers of signals that allocate while the program does: with an allocator that may be
 * interrupted anywhere (bump.c), so that whatever is lost is the recorder's loss. Prints how many
 * calls there were.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

static volatile sig_atomic_t handled;
static long calls;

static void handle(int signal)
{
    (void)signal;
    for (int i = 0; i < 3; i++)
        free(malloc(24));
    handled++;
}

int main(void)
{
    const struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    const struct itimerval often = {{0, 50}, {0, 50}};
    const struct itimerval never = {{0, 0}, {0, 0}};

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    while (handled < 2000)
        for (int i = 0; i < 1000; i++, calls += 2)
            free(malloc((size_t)i));
    setitimer(ITIMER_REAL, &never, NULL);
    fprintf(stderr, "calls %ld\n", calls + 6 * (long)handled);
    return 0;
}
