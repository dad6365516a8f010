/* Text on a terminal: paragraphs that wrap, tables whose columns fit a width, colour if asked. */
#ifndef ACRE_REPORT_LAYOUT_H
#define ACRE_REPORT_LAYOUT_H

#include "report/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Width where nobody has said one: 100 columns. */
enum { ACRE_DEFAULT_WIDTH = 100 };

enum acre_paint { ACRE_PAINT_NONE, ACRE_PAINT_BOLD, ACRE_PAINT_GREEN, ACRE_PAINT_RED };

/* Green is faster, red is slower; none where no difference is shown. */
enum acre_paint acre_verdict_paint(enum acre_verdict verdict);

struct acre_page {
    FILE *stream;
    int width;
    bool color;
    bool wide;        /* tables keep all their columns, whatever the width */
    bool unicode;     /* characters beyond ASCII may be used */
    bool is_markdown; /* as markdown.h says; neither width nor colour matter then */
};

/* The line above a part of the page. False when out of memory. */
__attribute__((format(printf, 2, 3))) bool acre_page_title(const struct acre_page *page,
                                                           const char *format, ...);

/* An empty line; in Markdown there is one already. */
void acre_page_gap(const struct acre_page *page);

/*
 * Prints a paragraph, broken at blanks: the first line indented by `first`, the others by `rest`.
 * Control characters (a run is a file that anybody may have written) become question marks.
 */
void acre_page_wrap(const struct acre_page *page, int first, int rest, enum acre_paint paint,
                    const char *text);

/* The same for text made on the spot. False when out of memory. */
__attribute__((format(printf, 5, 6))) bool acre_page_say(const struct acre_page *page, int first,
                                                         int rest, enum acre_paint paint,
                                                         const char *format, ...);

/* A part's first sentence: what `put` writes of `subject`, in bold. False when out of memory. */
bool acre_page_sentence(const struct acre_page *page, void (*put)(const void *subject, FILE *to),
                        const void *subject);

/* Flushes. False with errno set when anything printed has not arrived. */
bool acre_page_flush(const struct acre_page *page);

struct acre_column {
    const char *title;
    bool right;    /* numbers stand right-aligned */
    unsigned drop; /* 0: always shown; else columns with the highest number go first */
    unsigned gap;  /* blanks before it */
};

struct acre_grid_cell {
    char *text; /* NULL: empty */
    enum acre_paint paint;
    bool runs_on; /* over the rest of its row */
};

/* A table in the making: rows of texts. Freed with acre_grid_free, also after a failure. */
struct acre_grid {
    const struct acre_column *columns;
    size_t column_count;
    struct acre_grid_cell *cells; /* row by row */
    size_t row_count;
    bool failed; /* out of memory; acre_grid_print says so by its result */
};

void acre_grid_row(struct acre_grid *grid);

/* Sets a cell of the last row. */
__attribute__((format(printf, 4, 5))) void acre_grid_set(struct acre_grid *grid, size_t column,
                                                         enum acre_paint paint, const char *format,
                                                         ...);

/* Text that runs over the rest of the row, from this column on. */
__attribute__((format(printf, 4, 5))) void acre_grid_note(struct acre_grid *grid, size_t column,
                                                          enum acre_paint paint, const char *format,
                                                          ...);

/* False when out of memory; a write error is left to ferror. */
bool acre_grid_print(const struct acre_grid *grid, const struct acre_page *page, int indent);
void acre_grid_free(struct acre_grid *grid);

#endif
