#include "report/layout.h"
#include "report/markdown.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum acre_paint acre_verdict_paint(enum acre_verdict verdict)
{
    if (!acre_verdict_differs(verdict))
        return ACRE_PAINT_NONE;
    return verdict == ACRE_VERDICT_FASTER ? ACRE_PAINT_GREEN : ACRE_PAINT_RED;
}

/* Code points, which is close enough to columns for names and paths. */
static size_t width_of(const char *text, size_t bytes)
{
    size_t width = 0;
    for (size_t i = 0; i < bytes; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    return width;
}

static void put_blanks(FILE *stream, size_t count)
{
    while (count-- > 0)
        putc(' ', stream);
}

/* C1 controls (U+0080 to U+009F, two bytes in UTF-8) move the cursor of some terminals as well. */
static void put_plain(FILE *stream, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        bool c1 = c == 0xc2 && i + 1 < bytes && (unsigned char)text[i + 1] < 0xa0;
        if (c1)
            i++;
        putc(c1 || c < 32 || c == 127 ? '?' : c, stream);
    }
}

static void put_painted(const struct acre_page *page, enum acre_paint paint, const char *text,
                        size_t bytes)
{
    static const char *const codes[] = {"", "\033[1m", "\033[32m", "\033[31m"};
    bool painted = page->color && paint != ACRE_PAINT_NONE && bytes > 0;
    if (painted)
        fputs(codes[paint], page->stream);
    put_plain(page->stream, text, bytes);
    if (painted)
        fputs("\033[0m", page->stream);
}

/* The length up to the next blank where a line may end: not inside an interval "[1.10, 1.15]". */
static size_t word_length(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0' && text[length] != ' ') {
        if (text[length] == '[') {
            size_t inside = strcspn(text + length, "]");
            if (text[length + inside] == ']' && inside < 32)
                length += inside;
        }
        length++;
    }
    return length;
}

static void wrap(const struct acre_page *page, int first, int rest, enum acre_paint paint,
                 const char *text)
{
    size_t width = page->width > 0 ? (size_t)page->width : ACRE_DEFAULT_WIDTH;
    size_t indent = (size_t)(first > 0 ? first : 0);
    do {
        /* The longest piece that ends before a blank and fits; a word that never fits stands
         * alone. */
        size_t end = 0;
        for (size_t at = 0;;) {
            size_t word = at + word_length(text + at);
            if (end > 0 && indent + width_of(text, word) > width)
                break;
            end = word;
            if (text[word] == '\0')
                break;
            at = word + strspn(text + word, " ");
        }
        put_blanks(page->stream, indent);
        put_painted(page, paint, text, end);
        putc('\n', page->stream);
        text += end;
        text += strspn(text, " ");
        indent = (size_t)(rest > 0 ? rest : 0);
    } while (*text);
}

void acre_page_wrap(const struct acre_page *page, int first, int rest, enum acre_paint paint,
                    const char *text)
{
    text += strspn(text, " ");
    if (page->is_markdown)
        acre_markdown_paragraph(page->stream, paint, text);
    else
        wrap(page, first, rest, paint, text);
}

/* NULL when out of memory. */
static char *format_text(const char *format, va_list arguments)
{
    char *text = NULL;
    return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

bool acre_page_title(const struct acre_page *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = format_text(format, arguments);
    va_end(arguments);
    if (!text)
        return false;
    if (page->is_markdown)
        acre_markdown_title(page->stream, text);
    else
        wrap(page, 0, 4, ACRE_PAINT_NONE, text);
    free(text);
    return true;
}

void acre_page_gap(const struct acre_page *page)
{
    if (!page->is_markdown)
        putc('\n', page->stream);
}

bool acre_page_say(const struct acre_page *page, int first, int rest, enum acre_paint paint,
                   const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = format_text(format, arguments);
    va_end(arguments);
    if (!text)
        return false;
    acre_page_wrap(page, first, rest, paint, text);
    free(text);
    return true;
}

bool acre_page_sentence(const struct acre_page *page, void (*put)(const void *subject, FILE *to),
                        const void *subject)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);
    if (!to)
        return false;
    put(subject, to);
    bool good = ferror(to) == 0;
    good = fclose(to) == 0 && good;
    if (good)
        acre_page_wrap(page, 2, 2, ACRE_PAINT_BOLD, text);
    free(text);
    return good;
}

bool acre_page_flush(const struct acre_page *page)
{
    if (fflush(page->stream) != 0)
        return false;
    if (!ferror(page->stream))
        return true;
    if (errno == 0)
        errno = EIO;
    return false;
}

void acre_grid_row(struct acre_grid *grid)
{
    size_t columns = grid->column_count, cells = (grid->row_count + 1) * columns;
    if (grid->failed)
        return;
    struct acre_grid_cell *grown =
        cells > SIZE_MAX / sizeof *grown ? NULL : realloc(grid->cells, cells * sizeof *grown);
    if (!grown) {
        grid->failed = true;
        return;
    }
    grid->cells = grown;
    for (size_t i = grid->row_count * columns; i < cells; i++)
        grid->cells[i] = (struct acre_grid_cell){0};
    grid->row_count++;
}

static void set_cell(struct acre_grid *grid, size_t column, enum acre_paint paint, bool runs_on,
                     const char *format, va_list arguments)
{
    if (grid->failed)
        return;
    char *text = NULL;
    if (vasprintf(&text, format, arguments) < 0) {
        grid->failed = true;
        return;
    }
    struct acre_grid_cell *cell = &grid->cells[(grid->row_count - 1) * grid->column_count + column];
    free(cell->text);
    *cell = (struct acre_grid_cell){.text = text, .paint = paint, .runs_on = runs_on};
}

void acre_grid_set(struct acre_grid *grid, size_t column, enum acre_paint paint, const char *format,
                   ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_cell(grid, column, paint, false, format, arguments);
    va_end(arguments);
}

void acre_grid_note(struct acre_grid *grid, size_t column, enum acre_paint paint,
                    const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_cell(grid, column, paint, true, format, arguments);
    va_end(arguments);
}

/* The width of a column, 0 where it shall not be shown. */
static void measure(const struct acre_grid *grid, const struct acre_page *page, size_t indent,
                    size_t *widths)
{
    size_t total = indent;
    for (size_t c = 0; c < grid->column_count; c++) {
        const char *title = grid->columns[c].title;
        widths[c] = width_of(title, strlen(title));
        for (size_t r = 0; r < grid->row_count; r++) {
            const struct acre_grid_cell *cell = &grid->cells[r * grid->column_count + c];
            size_t width =
                cell->text && !cell->runs_on ? width_of(cell->text, strlen(cell->text)) : 0;
            widths[c] = width > widths[c] ? width : widths[c];
        }
        total += grid->columns[c].gap + widths[c];
    }
    size_t limit = page->width > 0 ? (size_t)page->width : ACRE_DEFAULT_WIDTH;
    while (!page->wide && total > limit) {
        size_t victim = 0;
        unsigned drop = 0;
        for (size_t c = 0; c < grid->column_count; c++) {
            if (widths[c] > 0 && grid->columns[c].drop > drop) {
                drop = grid->columns[c].drop;
                victim = c;
            }
        }
        if (drop == 0)
            break;
        total -= grid->columns[victim].gap + widths[victim];
        widths[victim] = 0;
    }
}

/* Blanks are printed only before text, so that no line ends in them. */
static void put_line(const struct acre_grid *grid, const struct acre_page *page, size_t indent,
                     const size_t *widths, const struct acre_grid_cell *cells)
{
    size_t pending = indent;
    for (size_t c = 0; c < grid->column_count; c++) {
        if (widths[c] == 0)
            continue;
        const char *text = cells ? cells[c].text : grid->columns[c].title;
        bool runs_on = cells && cells[c].runs_on;
        size_t bytes = text ? strlen(text) : 0, width = text ? width_of(text, bytes) : 0;
        size_t spare = width < widths[c] ? widths[c] - width : 0;
        pending += grid->columns[c].gap;
        if (width > 0) {
            bool right = grid->columns[c].right && !runs_on;
            put_blanks(page->stream, pending + (right ? spare : 0));
            put_painted(page, cells ? cells[c].paint : ACRE_PAINT_NONE, text, bytes);
            pending = right ? 0 : spare;
        } else {
            pending += widths[c];
        }
        if (runs_on)
            break;
    }
    putc('\n', page->stream);
}

bool acre_grid_print(const struct acre_grid *grid, const struct acre_page *page, int indent)
{
    if (grid->failed)
        return false;
    if (page->is_markdown) {
        acre_markdown_grid(page->stream, grid);
        return true;
    }
    size_t *widths = calloc(grid->column_count, sizeof *widths);
    if (!widths)
        return false;
    measure(grid, page, (size_t)indent, widths);
    put_line(grid, page, (size_t)indent, widths, NULL);
    for (size_t r = 0; r < grid->row_count; r++)
        put_line(grid, page, (size_t)indent, widths, &grid->cells[r * grid->column_count]);
    free(widths);
    return true;
}

void acre_grid_free(struct acre_grid *grid)
{
    for (size_t i = 0; i < grid->row_count * grid->column_count; i++)
        free(grid->cells[i].text);
    free(grid->cells);
    grid->cells = NULL;
    grid->row_count = 0;
}
