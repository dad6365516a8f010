#include "report/markdown.h"

#include <string.h>

/* Nearly all punctuation may mean something somewhere; these do in the middle of a line. A control
 * character is '?', those of two bytes (U+0080 to U+009F) as well. Blanks that align columns on a
 * terminal are one. */
static void put_escaped(FILE *stream, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        bool is_c1 = c == 0xc2 && (unsigned char)at[1] >= 0x80 && (unsigned char)at[1] < 0xa0;

        if (c == ' ' && at[1] == ' ')
            continue;
        if (is_c1)
            at++;
        else if (strchr("\\`*_[]<>|~&#", c) != NULL)
            putc('\\', stream);
        putc(is_c1 || c < 32 || c == 127 ? '?' : c, stream);
    }
}

/* At the beginning of a line these make a list of it. */
static void put_line(FILE *stream, const char *text)
{
    size_t digits = strspn(text, "0123456789");

    if (digits > 0 && (text[digits] == '.' || text[digits] == ')')) {
        fwrite(text, 1, digits, stream);
        text += digits;
        putc('\\', stream);
    } else if (*text == '-' || *text == '+' || *text == '=') {
        putc('\\', stream);
    }
    put_escaped(stream, text);
}

void acre_markdown_title(FILE *stream, const char *text)
{
    fputs("### ", stream);
    put_escaped(stream, text);
    fputs("\n\n", stream);
}

void acre_markdown_paragraph(FILE *stream, enum acre_paint paint, const char *text)
{
    const char *mark = paint != ACRE_PAINT_NONE ? "**" : "";

    fputs(mark, stream);
    put_line(stream, text);
    fprintf(stream, "%s\n\n", mark);
}

/* A column without a title and without a text is there for terminals only. */
static bool is_shown(const struct acre_grid *grid, size_t column)
{
    if (grid->columns[column].title[0] != '\0')
        return true;
    for (size_t r = 0; r < grid->row_count; r++) {
        const char *text = grid->cells[r * grid->column_count + column].text;

        if (text != NULL && text[0] != '\0')
            return true;
    }
    return false;
}

static void put_titles(FILE *stream, const struct acre_grid *grid)
{
    for (size_t c = 0; c < grid->column_count; c++) {
        if (!is_shown(grid, c))
            continue;
        fputs("| ", stream);
        put_escaped(stream, grid->columns[c].title);
        putc(' ', stream);
    }
    fputs("|\n", stream);
    for (size_t c = 0; c < grid->column_count; c++)
        if (is_shown(grid, c))
            fputs(grid->columns[c].right ? "| ---: " : "| --- ", stream);
    fputs("|\n", stream);
}

static void put_row(FILE *stream, const struct acre_grid *grid, const struct acre_grid_cell *cells)
{
    for (size_t c = 0; c < grid->column_count; c++) {
        const char *mark = cells[c].paint != ACRE_PAINT_NONE ? "**" : "";

        if (!is_shown(grid, c))
            continue;
        fprintf(stream, "| %s", mark);
        put_escaped(stream, cells[c].text != NULL ? cells[c].text : "");
        fprintf(stream, "%s ", mark);
    }
    fputs("|\n", stream);
}

void acre_markdown_grid(FILE *stream, const struct acre_grid *grid)
{
    put_titles(stream, grid);
    for (size_t r = 0; r < grid->row_count; r++)
        put_row(stream, grid, &grid->cells[r * grid->column_count]);
    putc('\n', stream);
}
