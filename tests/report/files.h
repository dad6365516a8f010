/* Runs as bytes and files: a directory of each test process, and files in memory. */
#ifndef ACRE_TESTS_REPORT_FILES_H
#define ACRE_TESTS_REPORT_FILES_H

#include "tests/support/mtest.h"

#include "report/run.h"
#include "tests/support/memory_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline char *slurp(const char *path, size_t *bytes)
{
    FILE *stream = fopen(path, "r");
    cr_assert(stream, "%s", path);
    char *text = NULL;
    size_t room = 0;
    ssize_t got = getdelim(&text, &room, EOF, stream);
    fclose(stream);
    cr_assert(got >= 0);
    *bytes = (size_t)got;
    return text;
}

static char directory[] = "/tmp/acre-test-run-XXXXXX";

static inline const char *in_directory(const char *name)
{
    static char path[PATH_MAX];
    if (strstr(directory, "XXXXXX"))
        cr_assert(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static inline void is_one_line(const char *error)
{
    cr_assert(*error != '\0');
    for (const char *at = error; *at; at++)
        cr_assert((unsigned char)*at >= 32 && *at != 127, "control character in: %s", error);
}

static inline char *text_of(const struct acre_run *run, size_t *bytes)
{
    char error[256];
    const char *path = in_directory("text.json");
    cr_assert(acre_run_write(run, path, error, sizeof error), "%s", error);
    char *text = slurp(path, bytes);
    cr_assert_eq(unlink(path), 0);
    return text;
}

/* Replaces the first `from`; the caller frees. */
static inline char *edited(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    cr_assert(at, "the sample has no %s", from);
    char *result = NULL;
    cr_assert(asprintf(&result, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) > 0);
    return result;
}

#endif
