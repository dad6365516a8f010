/* The handler has no context of its own, so what it looks at is the process's. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bench/visit/checked.h"

static const struct acre_guards *volatile watched;

/* The fault comes again when this returns, and then it is nobody's. */
static void explain(int number, siginfo_t *info, void *context)
{
    char sentence[1024];
    ssize_t written = 0;

    (void)context;
    if (watched != NULL && acre_guards_explain(watched, info->si_addr, sentence, sizeof sentence)) {
        written = write(STDERR_FILENO, sentence, strlen(sentence));
        if (written > 0)
            written = write(STDERR_FILENO, "\n", 1);
    }
    (void)written;
    signal(number, SIG_DFL);
}

void acre_explain_faults_of(const struct acre_guards *family)
{
    const struct sigaction action = {.sa_sigaction = explain, .sa_flags = SA_SIGINFO};

    watched = family;
    if (family != NULL)
        sigaction(SIGSEGV, &action, NULL);
    else
        signal(SIGSEGV, SIG_DFL);
}
