/* What /proc/PID/stat says of a process: its recorder writes it down, its sealer asks for it again.
 */
#ifndef ACRE_RECORDER_PROCESS_STAT_H
#define ACRE_RECORDER_PROCESS_STAT_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ACRE_STAT_BYTES = 1024 }; /* more than the fields that are asked for take */

/* Field 3, "R", "S", "Z" for one that has ended; '\0': there is none. Field 2, the program's name,
 * may have anything in it, but ends with the last bracket. */
static inline char acre_stat_state(const char *text)
{
    const char *name_end = strrchr(text, ')');

    return name_end != NULL && name_end[1] != '\0' ? name_end[2] : '\0';
}

/* Field 22: when the process began, in the kernel's ticks since boot; 0: it is not there. */
static inline uint64_t acre_stat_birth(const char *text)
{
    const char *at = strrchr(text, ')');

    for (int field = 2; at != NULL && field < 22; field++) {
        at = strchr(at, ' ');
        at += at != NULL;
    }
    return at != NULL ? strtoull(at, NULL, 10) : 0;
}

#endif
