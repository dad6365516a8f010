#include "report/error_text.h"
#include "report/google_benchmark.h"
#include "report/read_file.h"
#include "report/run_encode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum acre_exit acre_run_parse(struct acre_run *run, const char *path, const char *data, size_t size,
                              char *error, size_t error_bytes)
{
    *run = (struct acre_run){0};
    if (size == 0) {
        acre_error_text(error, error_bytes, "%s: not a run: the file is empty", path);
        return ACRE_EXIT_INPUT;
    }
    json_error_t syntax = {0};
    json_t *root = json_loadb(data, size, JSON_REJECT_DUPLICATES, &syntax);
    if (!root) {
        /* Where jansson runs out of memory it mostly gives no text at all; in the middle of a
         * token it takes the token for an invalid one, which cannot be told apart here. */
        bool memory =
            syntax.text[0] == '\0' || json_error_code(&syntax) == json_error_out_of_memory;
        if (memory)
            acre_error_text(error, error_bytes, "%s: out of memory", path);
        else
            acre_error_text(error, error_bytes, "%s: line %d, column %d: not JSON: %s", path,
                            syntax.line, syntax.column, syntax.text);
        return memory ? ACRE_EXIT_MEMORY : ACRE_EXIT_INPUT;
    }
    char what[512];
    enum acre_exit status = acre_is_google_benchmark(root)
                                ? acre_run_from_google_benchmark(run, root, what, sizeof what)
                                : acre_run_decode(run, root, what, sizeof what);
    json_decref(root);
    if (status == ACRE_EXIT_OK && !acre_run_check(run, what, sizeof what))
        status = strcmp(what, "out of memory") == 0 ? ACRE_EXIT_MEMORY : ACRE_EXIT_INPUT;
    if (status != ACRE_EXIT_OK) {
        acre_error_text(error, error_bytes, "%s: %s", path, what);
        acre_run_free(run);
    }
    return status;
}

enum acre_exit acre_run_load(struct acre_run *run, const char *path, char *error,
                             size_t error_bytes)
{
    *run = (struct acre_run){0};
    char *data = NULL;
    size_t size = 0;
    enum acre_exit status = acre_file_read(path, &data, &size, error, error_bytes);
    if (status == ACRE_EXIT_OK)
        status = acre_run_parse(run, path, data, size, error, error_bytes);
    free(data);
    return status;
}

bool acre_run_read(struct acre_run *run, const char *path, char *error, size_t error_bytes)
{
    return acre_run_load(run, path, error, error_bytes) == ACRE_EXIT_OK;
}
