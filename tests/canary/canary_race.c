/*
 * canary_race: two threads count without a lock, when a checker of threads is promised; see
 * armed.h. Criterion cannot be run with ThreadSanitizer, so all that it and helgrind look at are
 * programs.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "armed.h"

static volatile int count;

static void *sin_race(void *argument)
{
    (void)argument;
    for (int i = 0; i < 1000; i++)
        count = count + 1;
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t thread;

    if (argc > 1 && strcmp(argv[1], "nothing") == 0)
        return 0;
    if (!armed_helgrind() && !armed_tsan())
        return 1;
    if (pthread_create(&thread, NULL, sin_race, NULL) != 0)
        return 99;
    sin_race(NULL);
    pthread_join(thread, NULL);
    return 0;
}
