#include "report/error_text.h"

#include <stdarg.h>
#include <stdio.h>

void acre_error_text(char *error, size_t error_bytes, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, error_bytes, format, arguments);
    va_end(arguments);
    for (char *at = error; error_bytes > 0 && *at; at++)
        if ((unsigned char)*at < 32 || *at == 127)
            *at = '?';
}
