/* Text, picture and complaints are files in memory: nobody waits for the other end of a pipe. */
#include "report/picture.h"

#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/write_file.h"

extern char **environ;

enum { STREAMS = 3 };

/* The painters ------------------------------------------------------------------------------ */

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A script sets `terminal`, with a size that is its own times `pixel` and with a `fontscale`, if
 * they exist: without them it is drawn in the window of whoever runs it by hand. Letters are to be
 * as large in all three, 13 of its units: what cairo is given is in points of which 72 are 96 of
 * its dots, and an inch of PDF has 100 of the script's. */
static const char svg[] =
    "terminal = 'svg dynamic background \"#ffffff\" font \"Helvetica,13\"'; pixel = 1";
static const char png[] =
    "terminal = 'pngcairo font \"Helvetica,19.5\" linewidth 2 pointscale 2'; pixel = 2";
static const char pdf[] = "terminal = 'pdfcairo font \"Helvetica,7\"'; pixel = 0.01";

/* -d: nobody's ~/.gnuplot. */
#define GNUPLOT(terminal) ARGUMENTS("gnuplot", "-d", "-e", terminal, "-")

static const struct acre_picture_form graphviz_forms[] = {
    {".dot", NULL},
    {".gv", NULL},
    {".svg", ARGUMENTS("dot", "-Tsvg")},
    {".png", ARGUMENTS("dot", "-Tpng")},
    {".pdf", ARGUMENTS("dot", "-Tpdf")},
};

static const struct acre_picture_form gnuplot_forms[] = {
    {".gnuplot", NULL},     {".gp", NULL},          {".svg", GNUPLOT(svg)},
    {".png", GNUPLOT(png)}, {".pdf", GNUPLOT(pdf)},
};

#define COUNT(forms) (sizeof(forms) / sizeof(forms)[0])

const struct acre_painter acre_painter_graphviz = {graphviz_forms, COUNT(graphviz_forms),
                                                   "graphviz"};
const struct acre_painter acre_painter_gnuplot = {gnuplot_forms, COUNT(gnuplot_forms),
                                                  "gnuplot-nox"};

/* The form that the end of a path asks for; NULL: none. */
static const struct acre_picture_form *form_of(const struct acre_painter *painter, const char *path)
{
    if (strcmp(path, "-") == 0)
        return &painter->forms[0];
    for (size_t i = 0; i < painter->form_count; i++)
        if (acre_file_ends_with(path, painter->forms[i].end))
            return &painter->forms[i];
    return NULL;
}

bool acre_picture_is_known(const struct acre_painter *painter, const char *path)
{
    return form_of(painter, path) != NULL;
}

/* Its program ------------------------------------------------------------------------------- */

static bool write_all(int file, const struct acre_bytes *text)
{
    size_t written = 0;

    while (written < text->count) {
        ssize_t bytes = write(file, text->bytes + written, text->count - written);

        if (bytes < 0 && errno != EINTR)
            return false;
        written += bytes > 0 ? (size_t)bytes : 0;
    }
    return lseek(file, 0, SEEK_SET) == 0;
}

static bool read_all(int file, struct acre_bytes *picture)
{
    struct stat state;

    *picture = (struct acre_bytes){0};
    if (fstat(file, &state) != 0 || (picture->bytes = malloc((size_t)state.st_size + 1)) == NULL)
        return false;
    while (picture->count < (size_t)state.st_size) {
        ssize_t bytes = pread(file, picture->bytes + picture->count,
                              (size_t)state.st_size - picture->count, (off_t)picture->count);

        if (bytes <= 0 && !(bytes < 0 && errno == EINTR)) {
            free(picture->bytes);
            *picture = (struct acre_bytes){0};
            return false;
        }
        picture->count += bytes > 0 ? (size_t)bytes : 0;
    }
    picture->bytes[picture->count] = '\0';
    return true;
}

/* One run of a program that draws. */
struct sitting {
    const char *const *arguments;
    const char *package;
    int streams[STREAMS]; /* its text, its picture, its complaints */
    char *why;
    size_t why_bytes;
};

/* Returns what posix_spawn does: 0, or the cause. */
static int start(const struct sitting *sitting, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);

    if (failed != 0)
        return failed;
    for (int i = 0; failed == 0 && i < STREAMS; i++)
        failed = posix_spawn_file_actions_adddup2(&actions, sitting->streams[i], i);
    if (failed == 0) /* it does not write to its arguments; their type is older than const */
        failed = posix_spawnp(child, sitting->arguments[0], &actions, NULL,
                              (char *const *)(uintptr_t)sitting->arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static bool fail(const struct sitting *sitting, const char *sentence)
{
    snprintf(sitting->why, sitting->why_bytes, "%s", sentence);
    return false;
}

static bool fail_as_missing(const struct sitting *sitting)
{
    snprintf(sitting->why, sitting->why_bytes,
             "the program '%s' is not there (Debian's package %s has it)", sitting->arguments[0],
             sitting->package);
    return false;
}

/* The first line of what it complained of. */
static bool fail_as_told(const struct sitting *sitting, int state)
{
    struct acre_bytes told = {0};
    bool is_told = read_all(sitting->streams[2], &told) && told.count > 0;
    const char *line = is_told ? told.bytes + strspn(told.bytes, "\n") : "";

    snprintf(sitting->why, sitting->why_bytes, "%s ended with status %d%s%.*s",
             sitting->arguments[0], WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state),
             is_told ? ": " : "", (int)strcspn(line, "\n"), line);
    free(told.bytes);
    return false;
}

/* By POSIX a system may tell so by a child that ends with this status; under memcheck it does. */
enum { STATUS_NOT_FOUND = 127 };

static bool run(const struct sitting *sitting, struct acre_bytes *picture)
{
    int state = 0;
    pid_t child;
    int failed = start(sitting, &child);

    if (failed != 0 && failed != ENOENT)
        return fail(sitting, strerror(failed));
    while (failed == 0 && waitpid(child, &state, 0) < 0 && errno == EINTR)
        continue;
    if (failed == ENOENT || (WIFEXITED(state) && WEXITSTATUS(state) == STATUS_NOT_FOUND))
        return fail_as_missing(sitting);
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 0)
        return fail_as_told(sitting, state);
    return read_all(sitting->streams[1], picture) || fail(sitting, "out of memory");
}

static bool render(struct sitting *sitting, const struct acre_bytes *text,
                   struct acre_bytes *picture)
{
    bool is_open = true;
    bool is_done;

    for (int i = 0; i < STREAMS; i++) {
        sitting->streams[i] = memfd_create("picture", MFD_CLOEXEC);
        is_open &= sitting->streams[i] >= 0;
    }
    is_done = is_open && write_all(sitting->streams[0], text) ? run(sitting, picture)
                                                              : fail(sitting, strerror(errno));
    for (int i = 0; i < STREAMS; i++)
        if (sitting->streams[i] >= 0)
            close(sitting->streams[i]);
    return is_done;
}

/* The file ---------------------------------------------------------------------------------- */

static bool put_bytes(const void *context, FILE *stream)
{
    const struct acre_bytes *bytes = context;

    return fwrite(bytes->bytes, 1, bytes->count, stream) == bytes->count;
}

bool acre_picture_write(const struct acre_painter *painter, const struct acre_bytes *text,
                        const char *path, char *error, size_t error_bytes)
{
    const struct acre_picture_form *form = form_of(painter, path);
    struct acre_bytes picture = {0};
    struct acre_content content = {put_bytes, text};
    char why[256];
    bool is_written;

    if (form == NULL)
        return acre_file_refuse(path, "its end names no kind of picture", error, error_bytes);
    if (form->arguments != NULL) {
        struct sitting sitting = {.arguments = form->arguments,
                                  .package = painter->package,
                                  .why = why,
                                  .why_bytes = sizeof why};

        if (!render(&sitting, text, &picture))
            return acre_file_refuse(path, why, error, error_bytes);
        content.context = &picture;
    }
    is_written = acre_file_write(&content, path, error, error_bytes);
    free(picture.bytes);
    return is_written;
}
