/* JSON in the making. Whatever fails for want of memory is noted once, and asked for at the end. */
#ifndef ACRE_REPORT_MAKER_H
#define ACRE_REPORT_MAKER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct acre_maker {
    bool failed;
};

/* `value` goes to the object or array, which may be NULL after an earlier failure. */
void acre_put(struct acre_maker *maker, json_t *object, const char *name, json_t *value);
void acre_add(struct acre_maker *maker, json_t *array, json_t *value);

/* NULL is "". Bytes that are no UTF-8 become U+FFFD: names of files may have any. */
json_t *acre_text(const char *text);
void acre_put_text(struct acre_maker *maker, json_t *object, const char *name, const char *text);

void acre_put_number(struct acre_maker *maker, json_t *object, const char *name, double number);
void acre_put_count(struct acre_maker *maker, json_t *object, const char *name, uint64_t count);
void acre_put_flag(struct acre_maker *maker, json_t *object, const char *name, bool flag);

#endif
