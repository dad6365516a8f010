/*
 * The fields of a run, each written down once. The writer, the reader, acre_run_free and the exact
 * comparison walk these tables, so a field added here is carried by all of them.
 *
 *   shape  = a struct: its name and its fields
 *   field  = a member: its JSON name, its kind, where it stands
 */
#ifndef ACRE_REPORT_SCHEMA_H
#define ACRE_REPORT_SCHEMA_H

#include "report/run.h"

enum acre_field_kind {
    ACRE_FIELD_COUNT,          /* uint64_t; a JSON integer, 0 to 2^63 - 1 */
    ACRE_FIELD_COUNT_OR_NULL,  /* the same; null where the flag is false */
    ACRE_FIELD_DIGITS,         /* uint64_t of all 64 bits; a JSON string of decimal digits */
    ACRE_FIELD_REAL,           /* double */
    ACRE_FIELD_TEXT,           /* char * */
    ACRE_FIELD_TEXT_OR_NULL,   /* char *, NULL is null */
    ACRE_FIELD_SERIES,         /* struct acre_series; an array of numbers */
    ACRE_FIELD_HISTOGRAM,      /* uint64_t[ACRE_HISTOGRAM_BUCKETS]; zeros at the end are cut */
    ACRE_FIELD_LIST,           /* pointer and size_t; an array of objects */
    ACRE_FIELD_OBJECT,         /* a struct in place */
    ACRE_FIELD_OBJECT_OR_NULL, /* the same; null where the flag is false */
};

/* What numbers of a REAL or a SERIES may be, besides finite. */
enum acre_field_range { ACRE_RANGE_ANY, ACRE_RANGE_NOT_NEGATIVE, ACRE_RANGE_POSITIVE };

struct acre_shape;

struct acre_field {
    const char *name;
    enum acre_field_kind kind;
    enum acre_field_range range;
    size_t offset;
    unsigned since; /* version of the format that it came with; 0: it was always there */
    size_t beside;  /* offset of the flag of an _OR_NULL, of the count of a LIST */
    const struct acre_shape *shape;
};

struct acre_shape {
    size_t bytes;
    const struct acre_field *fields;
    size_t field_count;
};

extern const struct acre_shape acre_shape_run;
extern const struct acre_shape acre_shape_recorded;
extern const struct acre_shape acre_shape_death;

/* A place in a run, a chain on the stack from the innermost outwards: cells[3].key.backend */
struct acre_run_place {
    const struct acre_run_place *outer; /* NULL: the top */
    const char *name;                   /* NULL: an element of a list */
    size_t index;
};

/* Writes "cells[3].key.backend"; "top level" for no place at all. Cut short where it does not fit.
 */
void acre_run_place_text(const struct acre_run_place *place, char *text, size_t bytes);

/* NULL, or what a number of this range must be and `value` is not. */
const char *acre_range_fault(enum acre_field_range range, double value);

/* The members of a struct, by their field. */
void *acre_member(void *object, size_t offset);
const void *acre_member_const(const void *object, size_t offset);

/* The elements of a LIST and their number. The list pointer is copied bytewise: its declared type
 * differs from field to field, so no lvalue of one type may read them all. */
char *acre_list_elements(const struct acre_field *field, const void *object);
size_t acre_list_count(const struct acre_field *field, const void *object);
void acre_list_set(const struct acre_field *field, void *object, void *elements, size_t count);

#endif
