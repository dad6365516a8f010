#include "profile/walk.h"

const struct acre_frame *acre_walk_next(struct acre_walk *walk)
{
    if (walk->place == walk->frames.count) {
        if (walk->next == 0)
            return NULL;
        if (!acre_names_of(walk->names, walk->next, &walk->frames)) {
            walk->has_no_memory = true;
            return NULL;
        }
        walk->node = walk->next;
        walk->next = acre_trace_frame_of(&walk->profile->frames, walk->node)->parent;
        walk->place = 0;
    }
    return &walk->frames.frames[walk->place++];
}
