#include "alloc/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

void *acre_library_load(const char *file, const char *package, const struct acre_symbol *symbols,
                        size_t count, char *why, size_t why_bytes)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);

    if (library == NULL) {
        snprintf(why, why_bytes, "%s (package %s)", dlerror(), package);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        void *symbol = dlsym(library, symbols[i].name);

        if (symbol == NULL) {
            snprintf(why, why_bytes, "%s has no %s", file, symbols[i].name);
            dlclose(library);
            return NULL;
        }
        memcpy(symbols[i].where, &symbol, sizeof symbol);
    }
    return library;
}
