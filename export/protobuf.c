#include "export/protobuf.h"

#include "trace/codec.h"

enum { WIRE_VARINT = 0, WIRE_BYTES = 2 };

void acre_protobuf_put_varint(struct acre_text *message, uint64_t number)
{
    unsigned char bytes[ACRE_TRACE_MOST_VARINT_BYTES];
    const unsigned char *end = acre_trace_put_varint(bytes, number); /* ours are theirs */

    acre_text_put(message, bytes, (size_t)(end - bytes));
}

void acre_protobuf_put_number(struct acre_text *message, uint32_t field, uint64_t number)
{
    if (number == 0)
        return;
    acre_protobuf_put_varint(message, field << 3 | WIRE_VARINT);
    acre_protobuf_put_varint(message, number);
}

void acre_protobuf_put_bytes(struct acre_text *message, uint32_t field, const void *bytes,
                             size_t count)
{
    acre_protobuf_put_varint(message, field << 3 | WIRE_BYTES);
    acre_protobuf_put_varint(message, count);
    acre_text_put(message, bytes, count);
}
