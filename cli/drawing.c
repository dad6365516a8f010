#include "cli/drawing.h"

#include <stdlib.h>
#include <string.h>

#include "report/streams.h"

bool acre_read_drawing(const struct acre_refusal *refusal, const char *path)
{
    return acre_picture_is_known(&acre_painter_gnuplot, path) ||
           acre_refuse(refusal,
                       "-o: '%.40s' is none of FILE.svg, FILE.pdf, FILE.png, FILE.gnuplot, -",
                       path);
}

/* NULL when out of memory. */
static char *path_of(const char *output, const char *name, size_t number)
{
    const char *end = strrchr(output, '.');
    char digits[32] = "";
    char *path;

    if (strcmp(output, "-") == 0 || end == NULL)
        return strdup(output);
    if (number > 0)
        snprintf(digits, sizeof digits, "-%zu", number);
    if (asprintf(&path, "%.*s%s%s%s%s", (int)(end - output), output, name != NULL ? "-" : "",
                 name != NULL ? name : "", digits, end) < 0)
        return NULL;
    return path;
}

bool acre_drawing_begin(struct acre_drawing *drawing, const char *output, const char *name,
                        size_t number)
{
    *drawing = (struct acre_drawing){.path = path_of(output, name, number)};
    if (drawing->path != NULL)
        drawing->stream = open_memstream(&drawing->script.bytes, &drawing->script.count);
    if (drawing->stream != NULL)
        return true;
    free(drawing->path);
    return false;
}

enum acre_exit acre_drawing_end(struct acre_drawing *drawing, const char *program,
                                enum acre_exit status)
{
    bool is_written = ferror(drawing->stream) == 0;
    char error[1024];

    is_written &= fclose(drawing->stream) == 0;
    if (status == ACRE_EXIT_OK && !is_written)
        status = acre_complain(program, ACRE_EXIT_MEMORY, "out of memory");
    if (status == ACRE_EXIT_OK && !acre_picture_write(&acre_painter_gnuplot, &drawing->script,
                                                      drawing->path, error, sizeof error))
        status = acre_complain(program, ACRE_EXIT_IO, error);
    if (status == ACRE_EXIT_OK && strcmp(drawing->path, "-") != 0)
        printf("wrote %s\n", drawing->path);
    free(drawing->script.bytes);
    free(drawing->path);
    *drawing = (struct acre_drawing){0};
    return status;
}
