#include "report/run_encode.h"

#include "report/write_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int put_chunk(const char *chunk, size_t bytes, void *stream)
{
    return fwrite(chunk, 1, bytes, stream) == bytes ? 0 : -1;
}

/* 17 significant digits bring every double back exactly; jansson writes them with a point under
 * every locale. The encoder itself fails without setting errno, and only for want of memory. */
static bool put_json(const void *root, FILE *stream)
{
    return json_dump_callback(root, put_chunk, stream, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) ==
               0 &&
           fputc('\n', stream) != EOF;
}

bool acre_run_write(const struct acre_run *run, const char *path, char *error, size_t error_bytes)
{
    char what[512];
    char why[sizeof what + 32];
    if (!acre_run_check(run, what, sizeof what)) {
        snprintf(why, sizeof why, "the run is not valid: %s", what);
        return acre_file_refuse(path, why, error, error_bytes);
    }
    json_t *root = acre_run_encode(run);
    if (!root)
        return acre_file_refuse(path, strerror(ENOMEM), error, error_bytes);
    struct acre_content content = {put_json, root};
    bool good = acre_file_write(&content, path, error, error_bytes);
    json_decref(root);
    return good;
}

bool acre_run_probe(const char *path, char *error, size_t error_bytes)
{
    return acre_file_probe(path, error, error_bytes);
}
