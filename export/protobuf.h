/*
 * Google's protocol buffers, as far as they are written here: fields of a message, one behind the
 * other, each a number and what it holds.
 *
 *    key = number << 3 | 0, varint            an integer
 *    key = number << 3 | 2, length, bytes     a string, a message, several integers
 */
#ifndef ACRE_EXPORT_PROTOBUF_H
#define ACRE_EXPORT_PROTOBUF_H

#include "export/text.h"

/* An integer by itself: of several that are packed. */
void acre_protobuf_put_varint(struct acre_text *message, uint64_t number);

/* An integer; 0 is what is not told, and takes nothing. */
void acre_protobuf_put_number(struct acre_text *message, uint32_t field, uint64_t number);

/* Also where there are none: of repeated fields an empty one counts. */
void acre_protobuf_put_bytes(struct acre_text *message, uint32_t field, const void *bytes,
                             size_t count);

#endif
