#include "symbols/demangle.h"

#include <libiberty/demangle.h>
#include <string.h>

#include "symbols/escape.h"

struct demangling {
    const char *name;
    char *text;
    size_t used, room;
    bool is_mangled;
};

/* A short name may stand for gigabytes, since each part of it may be twice the one before. */
static void put(const char *part, size_t bytes, void *opaque)
{
    struct demangling *demangling = opaque;
    size_t left = demangling->room - 1 - demangling->used;
    bool fits = bytes <= left;

    memcpy(demangling->text + demangling->used, part, fits ? bytes : left);
    demangling->used += fits ? bytes : left;
    if (!fits) {
        demangling->is_mangled = true;
        acre_escape();
    }
}

/* The one of C++ uses no memory but the stack, so nothing is lost where it is left; that of Rust
 * takes some for a letter that is not ASCII, which is lost if the room ends there. */
static void demangle(void *argument)
{
    struct demangling *demangling = argument;
    const char *name = demangling->name;

    demangling->is_mangled = rust_demangle_callback(name, 0, put, demangling) != 0;
    if (demangling->is_mangled || name[1] != 'Z')
        return;
    demangling->used = 0;
    demangling->is_mangled =
        cplus_demangle_v3_callback(name, DMGL_PARAMS | DMGL_ANSI, put, demangling) != 0;
}

bool acre_is_mangled(const char *name)
{
    return name[0] == '_' && (name[1] == 'Z' || name[1] == 'R');
}

bool acre_demangle(const char *name, char *text, size_t room)
{
    struct demangling demangling = {.name = name, .text = text, .room = room};

    if (!acre_is_mangled(name))
        return false;
    acre_escape_from(demangle, &demangling);
    text[demangling.used] = '\0';
    return demangling.is_mangled;
}
