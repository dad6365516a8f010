/*
 * On an arena an iteration in its steady state makes no system call and no page fault. After a
 * warm-up a seccomp filter kills the process at any system call but the few that report, and 1,000
 * iterations follow. `--canary` makes one call more inside the loop and must be killed for it.
 * Exit status 0: proved; 77: no seccomp here.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/workloads/square_chain.h"

#define ALLOW(number)                                                                              \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1),                                           \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static bool forbid_system_calls(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(SYS_getrusage),
        ALLOW(SYS_exit_group),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    const struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static long faults(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt + usage.ru_majflt;
}

/* The child's exit status: 0 as it should be, 1 page faults, 2 an iteration failed, 77 no seccomp.
 */
static int run(const struct acre_cell_spec *spec, bool is_canary)
{
    struct acre_stage stage;
    char why[256];
    uint64_t i = 0;
    long before;
    void *state;

    if (!acre_workload_open_stage(&acre_square_chain, spec, &stage, NULL, why, sizeof why))
        return 2;
    state = acre_square_chain.open(&stage, spec);
    for (; i < 20; i++)
        if (acre_square_chain.step(state, i) != ACRE_OK)
            return 2;
    if (!forbid_system_calls())
        return 77;
    before = faults();
    for (; i < 1020; i++) {
        if (acre_square_chain.step(state, i) != ACRE_OK)
            return 2;
        if (is_canary && i == 500)
            syscall(SYS_getppid);
    }
    return faults() == before ? 0 : 1;
}

static bool check(const struct acre_cell_spec *spec, bool is_canary, int *status)
{
    int state;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0)
        syscall(SYS_exit_group, run(spec, is_canary));
    waitpid(child, &state, 0);
    *status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    printf("%s, %llu elements, %s, %s: status %d%s\n", acre_lifetime_name(spec->lifetime),
           (unsigned long long)spec->values[ACRE_CHAIN_ELEMENTS],
           spec->values[ACRE_CHAIN_BACKWARD] ? "forward + backward" : "forward",
           spec->values[ACRE_CHAIN_FILL] == ACRE_FILL_RANDN ? "randn" : "reuse", *status,
           is_canary ? " (canary, to be killed)" : "");
    return is_canary ? WIFSIGNALED(state) && WTERMSIG(state) == SIGSYS : *status == 0;
}

int main(void)
{
    bool passed = true;
    int status;

    for (int i = 0; i < 32; i++) {
        struct acre_cell_spec spec = {
            .backend = "arena",
            .lifetime = (i & 1) != 0 ? ACRE_LIFETIME_REGION : ACRE_LIFETIME_WALKED,
            .values =
                {
                    [ACRE_CHAIN_FILL] = (i & 2) != 0 ? ACRE_FILL_REUSE : ACRE_FILL_RANDN,
                    [ACRE_CHAIN_BACKWARD] = (i & 4) != 0,
                    [ACRE_CHAIN_ELEMENTS] = (i & 8) != 0 ? 100000 : 10000,
                    [ACRE_CHAIN_ORDER] = (i & 16) != 0 ? ACRE_ORDER_DROP_FIRST : ACRE_ORDER_SEED,
                    [ACRE_CHAIN_DEPTH] = 3,
                },
        };

        passed &= check(&spec, false, &status);
        if (status == 77)
            return 77;
        if (i == 0)
            passed &= check(&spec, true, &status);
    }
    return passed ? 0 : 1;
}
