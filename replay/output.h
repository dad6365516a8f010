/* Operations as they are written: one after the other, into a file. */
#ifndef ACRE_REPLAY_OUTPUT_H
#define ACRE_REPLAY_OUTPUT_H

#include "alloc/alloc.h"
#include "replay/program.h"

enum { ACRE_OUTPUT_BUFFERED = 4096 };

struct acre_output {
    int file;
    bool has_failed; /* then nothing is written any more */
    uint64_t count;  /* of operations; the number of the last one */
    size_t buffered;
    struct acre_operation buffer[ACRE_OUTPUT_BUFFERED];
};

/* All bytes; false: no room, or no file. */
bool acre_output_write(int file, const void *bytes, size_t count);

/* `upper`: a slot, or what stands for one. */
void acre_output_put(struct acre_output *output, enum acre_operation_kind kind, uint32_t group,
                     uint64_t upper, size_t size);

/* About a block: with a WIDE in front where its layout needs one. */
void acre_output_put_about(struct acre_output *output, enum acre_operation_kind kind,
                           uint32_t group, uint32_t slot, struct acre_layout layout);

/* What is buffered as well. False: something of all that was put is not there. */
bool acre_output_flush(struct acre_output *output);

#endif
