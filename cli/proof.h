/* Advice, proved: each recording is played as it is and under the regions, on several allocators,
 * by the runner of the benchmarks (bench/runner.h). */
#ifndef ACRE_CLI_PROOF_H
#define ACRE_CLI_PROOF_H

#include "advise/advise.h"
#include "report/exit_status.h"
#include "report/proof.h"

struct acre_proof_options {
    const char *backends;    /* as of --backends; NULL: the usual ones */
    const char *touch;       /* as of --touch; NULL: the usual */
    const char *rounds;      /* NULL: the usual number */
    const char *time_budget; /* instead, as of --time-budget; NULL: none */
    uint64_t most_events;    /* of a recording: more are a sample */
    bool shows_progress;
};

/* What is known of the program's run without a recorder. */
struct acre_proof_run {
    double seconds;   /* 0: not told */
    const char *line; /* of the shell, which is timed in front of each round; NULL: none */
};

/* Another status than OK is told already, by `command`. */
enum acre_exit acre_prove(const char *command, struct acre_adviser *adviser, size_t recording,
                          const struct acre_proof_run *program,
                          const struct acre_proof_options *options, struct acre_proof *proof);

/* Whether the options are well formed; else one sentence in `error`. */
bool acre_proof_options_check(const struct acre_proof_options *options, char *error,
                              size_t error_bytes);

#endif
