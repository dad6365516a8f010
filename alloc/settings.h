/* What may be set of a backend, in its name: arena:chunk=2M,hugepages. */
#ifndef ACRE_ALLOC_SETTINGS_H
#define ACRE_ALLOC_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum acre_setting_kind {
    ACRE_SETTING_FLAG,  /* hugepages */
    ACRE_SETTING_BYTES, /* chunk=2M: K, M, G are powers of 1024 */
    ACRE_SETTING_NUMBER /* dirty_decay_ms=-1 */
};

struct acre_setting {
    const char *name;
    enum acre_setting_kind kind;
    int64_t least, most; /* not of a flag */
    const char *about;   /* for `acre list` */
};

struct acre_setting_value {
    bool is_set;
    int64_t number; /* 1 for a flag */
};

enum { ACRE_MOST_SETTINGS = 8 };

/*
 * Reads "NAME=VALUE,NAME,..." into `values`, a row for each of `settings`; what is not named is not
 * set. False with a sentence in `why` for an unknown name, a value that is none, one out of range,
 * and a name that stands there twice.
 */
bool acre_settings_read(const struct acre_setting *settings, size_t count, const char *text,
                        struct acre_setting_value *values, char *why, size_t why_bytes);

/* The value of such a setting by itself: "64K". False: it is no number of bytes. */
bool acre_settings_read_bytes(const char *text, int64_t *bytes);

#endif
