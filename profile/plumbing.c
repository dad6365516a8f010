#include "profile/plumbing.h"

#include "profile/pattern.h"

/* Without the underscores in front of them. docs/info.md lists them. */
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
    "libc_*alloc*",
    "strdup",
    "strndup",
    "wcsdup",
    "asprintf*",
    "vasprintf*",
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
    "gnu_cxx::*",
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
    "PyObject_Malloc",
    "PyObject_Calloc",
    "PyObject_Realloc",
    "PyObject_GC_*",
    "PyObject_New*",
    "PyType_GenericAlloc",
    "PyType_AllocNoTrack",
    "pymalloc_*",
    "gc_alloc",
    /* Rust */
    "rust_*",
    "rdl_*",
    "rg_*",
    "alloc::*",
    "<alloc::*",
    "core::*",
    "<core::*",
    "<std::*",
};

/* Headers of C++ and the source of Rust's library: functions that were inlined from there do not
 * always have their full name. */
static const char *const sources[] = {"*/include/c++/*", "/rustc/*/library/*"};

bool acre_is_plumbing(const struct acre_frame *frame)
{
    return acre_name_is_one_of(frame->function, plumbing, sizeof plumbing / sizeof plumbing[0]) ||
           (frame->file != NULL &&
            acre_path_is_one_of(frame->file, sources, sizeof sources / sizeof sources[0]));
}
