#include "profile/plumbing.h"

#include <string.h>

#include "profile/short_name.h"

/* Names without result type and arguments; with a star, all that begin so. docs/info.md lists them.
 */
static const char *const plumbing[] = {
    /* the C library */
    "malloc",
    "calloc",
    "realloc",
    "reallocarray",
    "memalign",
    "posix_memalign",
    "aligned_alloc",
    "valloc",
    "pvalloc",
    "free",
    "__libc_*alloc*",
    "strdup",
    "strndup",
    "__strdup",
    "__strndup",
    "wcsdup",
    "asprintf",
    "vasprintf",
    "__asprintf*",
    "__vasprintf*",
    /* wrappers that many programs have */
    "xmalloc*",
    "xcalloc*",
    "xrealloc*",
    "xstrdup*",
    "xstrndup*",
    "safe_malloc*",
    "safe_calloc*",
    "safe_realloc*",
    "checked_malloc*",
    /* C++ */
    "operator new*",
    "operator delete*",
    "std::*",
    "__gnu_cxx::*",
    /* GLib */
    "g_malloc*",
    "g_realloc*",
    "g_try_malloc*",
    "g_try_realloc*",
    "g_slice_alloc*",
    "g_strdup*",
    "g_strndup",
    "g_memdup*",
    /* CPython */
    "PyMem_*",
    "_PyMem_*",
    "PyObject_Malloc",
    "PyObject_Calloc",
    "PyObject_Realloc",
    "_PyObject_Malloc",
    "_PyObject_Calloc",
    "_PyObject_Realloc",
    /* Rust */
    "__rust_*",
    "__rdl_*",
    "__rg_*",
    "alloc::*",
    "<alloc::*",
    "core::*",
    "<core::*",
    "<std::*",
};

/* A pattern's star stands for any characters; it has two at most, the last at its end. */
static bool is_like(const char *name, size_t bytes, const char *pattern)
{
    size_t plain = strcspn(pattern, "*");

    if (pattern[plain] == '\0')
        return plain == bytes && memcmp(name, pattern, bytes) == 0;
    if (bytes < plain || memcmp(name, pattern, plain) != 0)
        return false;
    pattern += plain + 1;
    if (*pattern == '\0')
        return true;
    for (size_t at = plain; at <= bytes; at++)
        if (is_like(name + at, bytes - at, pattern))
            return true;
    return false;
}

bool acre_is_plumbing(const char *function)
{
    const char *name = acre_name_begin(function);
    size_t bytes = strcspn(name, "(@");

    for (size_t i = 0; i < sizeof plumbing / sizeof plumbing[0]; i++)
        if (is_like(name, bytes, plumbing[i]))
            return true;
    return false;
}
