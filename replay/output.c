#include "replay/output.h"

#include <errno.h>
#include <unistd.h>

enum { MALLOC_ALIGN = 16 };

bool acre_output_write(int file, const void *bytes, size_t count)
{
    const char *at = bytes;

    while (count > 0) {
        ssize_t written = write(file, at, count);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        count -= (size_t)written;
    }
    return true;
}

bool acre_output_flush(struct acre_output *output)
{
    size_t bytes = output->buffered * sizeof *output->buffer;

    output->buffered = 0;
    output->has_failed =
        output->has_failed || !acre_output_write(output->file, output->buffer, bytes);
    return !output->has_failed;
}

void acre_output_put(struct acre_output *output, enum acre_operation_kind kind, uint32_t group,
                     uint64_t upper, size_t size)
{
    output->buffer[output->buffered++] = (struct acre_operation){
        .what = (uint32_t)(upper << ACRE_PLAY_SLOT_SHIFT) | group << ACRE_PLAY_KIND_BITS |
                (uint32_t)kind,
        .size = (uint32_t)size,
    };
    output->count++;
    if (output->buffered == ACRE_OUTPUT_BUFFERED)
        acre_output_flush(output);
}

/* malloc's own alignment needs no word, larger ones and large sizes do. */
void acre_output_put_about(struct acre_output *output, enum acre_operation_kind kind,
                           uint32_t group, uint32_t slot, struct acre_layout layout)
{
    uint32_t align = layout.align <= MALLOC_ALIGN ? (uint32_t)ACRE_PLAY_ALIGN : layout.align;

    if (align != ACRE_PLAY_ALIGN || layout.size > UINT32_MAX)
        acre_output_put(output, ACRE_PLAY_WIDE, 0, (unsigned)__builtin_ctz(align),
                        layout.size >> 32);
    acre_output_put(output, kind, group, slot, layout.size);
}
