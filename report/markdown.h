/*
 * Pages as Markdown, for reviews and issues: what layout.h prints on a terminal where the page says
 * so. Tables are those of GitHub's dialect, with all their columns. Whatever names a run holds,
 * they are text: nothing in them is taken for markup, and control characters become question marks.
 * Reference: CommonMark 0.31, 2.4 (backslash escapes); GitHub Flavored Markdown, 4.10 (tables).
 */
#ifndef ACRE_REPORT_MARKDOWN_H
#define ACRE_REPORT_MARKDOWN_H

#include "report/layout.h"

void acre_markdown_title(FILE *stream, const char *text);
void acre_markdown_paragraph(FILE *stream, enum acre_paint paint, const char *text);
void acre_markdown_grid(FILE *stream, const struct acre_grid *grid);

#endif
