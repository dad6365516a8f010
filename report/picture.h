/* Pictures: text that another program draws, run once, or that is written as it is. */
#ifndef ACRE_REPORT_PICTURE_H
#define ACRE_REPORT_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

/* How a path ends, and what draws it: a program's name and arguments, up to a NULL. The program
 * reads text from its standard input and writes the picture to its standard output. No arguments at
 * all: the text itself is wanted. */
struct acre_picture_form {
    const char *end; /* ".svg" */
    const char *const *arguments;
};

struct acre_painter {
    const struct acre_picture_form *forms; /* that of standard output, "-", comes first */
    size_t form_count;
    const char *package; /* of Debian, that has the program */
};

/* Graphviz: what is text in its language dot. */
extern const struct acre_painter acre_painter_graphviz;
/* Gnuplot: what is a script that plots. */
extern const struct acre_painter acre_painter_gnuplot;

struct acre_bytes {
    char *bytes; /* to be given to free */
    size_t count;
};

/* Whether the path says what kind of picture it is to be: "-" does, and any end of the painter's.
 */
bool acre_picture_is_known(const struct acre_painter *painter, const char *path);

/*
 * Draws the text and writes the picture, as acre_file_write does. False with a sentence in `error`,
 * which names the path and the cause (the program is not there, what it complains of, a full disk);
 * then there is no file.
 */
bool acre_picture_write(const struct acre_painter *painter, const struct acre_bytes *text,
                        const char *path, char *error, size_t error_bytes);

#endif
