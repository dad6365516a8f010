/* Sentences about what went wrong, for whoever calls: one line, whatever a file or its name holds.
 */
#ifndef ACRE_REPORT_ERROR_TEXT_H
#define ACRE_REPORT_ERROR_TEXT_H

#include <stddef.h>

/* As snprintf; control characters become question marks, since a file's own text gets into
 * sentences and must leave the terminal alone. */
__attribute__((format(printf, 3, 4))) void acre_error_text(char *error, size_t error_bytes,
                                                           const char *format, ...);

#endif
