/* Any bytes as a run: read; and one that is read can be written, and read again. */
#include "fuzz/target.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "report/run.h"

/* Files in which a run is written: /dev/fd would not be replaced by a rename. */
static void write_and_read(const struct acre_run *run)
{
    char path[64];
    char error[1024];
    struct acre_run again;

    snprintf(path, sizeof path, "/dev/shm/acre-fuzz-%ld.json", (long)getpid());
    if (!acre_run_write(run, path, error, sizeof error)) {
        acre_fuzz_check_sentence(error);
        return;
    }
    if (!acre_run_read(&again, path, error, sizeof error))
        acre_fuzz_broken(error);
    acre_run_free(&again);
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const char *path = acre_fuzz_file(bytes, count);
    struct acre_run run;
    char error[1024] = "";

    if (path == NULL)
        return 0;
    if (acre_run_read(&run, path, error, sizeof error))
        write_and_read(&run);
    else
        acre_fuzz_check_sentence(error);
    acre_run_free(&run);
    return 0;
}
