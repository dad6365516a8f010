/*
 * How every call of the engine that can fail answers. Anything but ACRE_OK means: nothing has
 * changed, nothing has leaked, and acre_error(engine) holds one sentence that names the argument
 * (unless the function's comment says otherwise).
 */
#ifndef ACRE_CORE_STATUS_H
#define ACRE_CORE_STATUS_H

enum acre_status {
    ACRE_OK,
    ACRE_NO_MEMORY,       /* an allocator said no */
    ACRE_BAD_ARGUMENT,    /* NULL where an object must be, a number out of range */
    ACRE_NOT_AN_ARRAY,    /* the seed's TypeError */
    ACRE_SHAPE_MISMATCH,  /* operands of different shapes */
    ACRE_NOT_IMPLEMENTED, /* an operator without this direction: the seed's NotImplementedError */
    ACRE_HELD,            /* a region is referenced from outside and was not reset */
    ACRE_BUSY,            /* called from inside a destructor, a watch or a backward pass */
};

/* "out of memory", "shape mismatch", ... */
const char *acre_status_name(enum acre_status status);

#endif
