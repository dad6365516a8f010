#include "bench/stats_dir.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/write_file.h"

bool acre_stats_dir_prepare(const char *directory, char *error, size_t error_bytes)
{
    char *path = NULL;
    bool good;

    if (mkdir(directory, 0777) < 0 && errno != EEXIST)
        return acre_file_refuse(directory, strerror(errno), error, error_bytes);
    if (asprintf(&path, "%s/report", directory) < 0)
        return acre_file_refuse(directory, strerror(ENOMEM), error, error_bytes);
    good = acre_file_probe(path, error, error_bytes);
    free(path);
    return good;
}

/* Not closed by an exec: the child opens it under the same number. */
bool acre_stats_files_open(struct acre_stats_files *files, char *error, size_t error_bytes)
{
    bool good = true;

    for (size_t i = 0; i < ACRE_MOMENTS; i++) {
        files->files[i] = memfd_create("acre-report", 0);
        good = good && files->files[i] >= 0;
        snprintf(files->paths[i], sizeof files->paths[i], "/dev/fd/%d", files->files[i]);
    }
    if (!good)
        snprintf(error, error_bytes, "no memory for reports: %s", strerror(errno));
    return good;
}

/* Parts of a name may hold anything: so:/usr/lib/libmine.so. The number in front tells apart what
 * becomes equal. */
static void append_safely(char *name, size_t name_bytes, const char *part)
{
    size_t used = strlen(name);

    for (; *part != '\0' && used + 1 < name_bytes; part++)
        name[used++] = isalnum((unsigned char)*part) || strchr("-_.", *part) ? *part : '_';
    name[used] = '\0';
}

static char *path_of(const char *directory, const struct acre_cell *cell, size_t index,
                     enum acre_moment moment, const char *suffix)
{
    char backend[160] = "";
    char *path;

    append_safely(backend, sizeof backend, cell->key.backend);
    return asprintf(&path, "%s/%03zu-%s-%s-%s.%s", directory, index, backend, cell->key.lifetime,
                    acre_moment_name(moment), suffix) < 0
               ? NULL
               : path;
}

static bool put_file(const void *context, FILE *stream)
{
    int file = *(const int *)context;
    char bytes[BUFSIZ];
    off_t at = 0;
    ssize_t got;

    while ((got = pread(file, bytes, sizeof bytes, at)) > 0) {
        if (fwrite(bytes, 1, (size_t)got, stream) != (size_t)got)
            return false;
        at += got;
    }
    return got == 0;
}

bool acre_stats_files_keep(const struct acre_stats_files *files, const char *directory,
                           const struct acre_cell *cell, size_t index, const char *suffix,
                           char *error, size_t error_bytes)
{
    bool good = true;

    for (size_t i = 0; good && i < ACRE_MOMENTS; i++) {
        const struct acre_content content = {put_file, &files->files[i]};
        char *path = path_of(directory, cell, index, (enum acre_moment)i, suffix);

        good = path != NULL ? acre_file_write(&content, path, error, error_bytes)
                            : acre_file_refuse(directory, strerror(ENOMEM), error, error_bytes);
        free(path);
    }
    return good;
}

void acre_stats_files_close(struct acre_stats_files *files)
{
    for (size_t i = 0; i < ACRE_MOMENTS; i++)
        if (files->files[i] >= 0)
            close(files->files[i]);
}
