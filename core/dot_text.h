/* Text of any origin inside a label of a DOT file. For the files of core/ only. */
#ifndef ACRE_CORE_DOT_TEXT_H
#define ACRE_CORE_DOT_TEXT_H

#include <stdio.h>

/*
 * Writes `text` (NULL: "?") for the inside of an HTML-like label, label=<...>, so that it is seen
 * as it is: what is no printable UTF-8 shows as \n or as \x and two digits.
 */
void acre_dot_text(FILE *stream, const char *text);

#endif
