/* Which file serves the calls of a backend, as found in the running process. */
#ifndef ACRE_ALLOC_IDENTITY_H
#define ACRE_ALLOC_IDENTITY_H

struct acre_identity {
    char path[512];    /* the file, or "" for code of our own */
    char version[128]; /* as the library states it */
    char build_id[96]; /* hex, or "" */
};

/* `symbol` is the address of a function of the file; NULL: code of our own. A library that states
 * no version is given NULL: the end of its file's name stands for it, 2.8 of libtbbmalloc.so.2.8.
 */
void acre_identify(struct acre_identity *identity, const void *symbol, const char *version);

#endif
