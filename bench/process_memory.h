/*
 * What the kernel says of the memory of a process. Nothing here allocates: it is asked in the
 * middle of allocations, and of processes that are measured meanwhile.
 */
#ifndef ACRE_BENCH_PROCESS_MEMORY_H
#define ACRE_BENCH_PROCESS_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench/litter.h"

/* Of /proc/PID/smaps_rollup. */
struct acre_process_memory {
    uint64_t rss_bytes, pss_bytes;
    uint64_t private_dirty_bytes;
    uint64_t anonymous_bytes; /* no code, no files */
    uint64_t huge_bytes;      /* of these, in huge pages */
};

/* `process` 0: this one. False where there is no such file, or no such process any more. */
bool acre_process_memory_read(pid_t process, struct acre_process_memory *memory);

/* Page faults since the process began, those that read a file included. False as above. */
bool acre_process_faults_read(pid_t process, uint64_t *faults);

/*
 * Resident: the anonymous pages that have come since a moment before the backend was opened, less
 * those of the ledger's tables and of litter that is alive. So code, and what the process had
 * before, are not counted.
 */
struct acre_resident_base {
    bool is_known;
    uint64_t anonymous_bytes;
    uint64_t ledger_bytes; /* of its tables, at the same time */
};

struct acre_resident_base acre_resident_base_now(const struct acre_ledger *ledger);

/* Anonymous bytes of this process that are not the backend's; the rest of them is resident. */
uint64_t acre_resident_others(const struct acre_resident_base *base,
                              const struct acre_ledger *ledger, const struct acre_litter *litter);

#endif
