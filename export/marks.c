#include "export/marks.h"

static struct acre_layout layout_of(const struct acre_profile *profile)
{
    return (struct acre_layout){profile->frames.count * sizeof(uint32_t), _Alignof(uint32_t),
                                ACRE_PURPOSE_OTHER};
}

uint32_t *acre_marks_make(struct acre_alloc *memory, const struct acre_profile *profile)
{
    uint32_t *marks = acre_allocate(memory, layout_of(profile));

    if (marks == NULL)
        return NULL;
    memset(marks, 0, layout_of(profile).size);
    for (size_t i = 0; i < profile->site_count; i++)
        for (uint32_t frame = profile->sites[i].stack; frame != 0 && marks[frame - 1] == 0;
             frame = acre_trace_frame_of(&profile->frames, frame)->parent)
            marks[frame - 1] = ACRE_MARKED;
    return marks;
}

void acre_marks_free(struct acre_alloc *memory, const struct acre_profile *profile, uint32_t *marks)
{
    acre_free(memory, marks, layout_of(profile));
}
