#include "core/status.h"

const char *acre_status_name(enum acre_status status)
{
    switch (status) {
    case ACRE_OK:
        return "ok";
    case ACRE_NO_MEMORY:
        return "out of memory";
    case ACRE_BAD_ARGUMENT:
        return "bad argument";
    case ACRE_NOT_AN_ARRAY:
        return "not an array";
    case ACRE_SHAPE_MISMATCH:
        return "shape mismatch";
    case ACRE_NOT_IMPLEMENTED:
        return "not implemented";
    case ACRE_HELD:
        return "held from outside";
    case ACRE_BUSY:
        return "busy";
    }
    return "?";
}
