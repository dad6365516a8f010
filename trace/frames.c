#include "trace/frames.h"

#include "alloc/grow.h"

/* Frames ----------------------------------------------------------------------------------------
 */

void acre_trace_frames_init(struct acre_trace_frames *frames, struct acre_alloc *memory)
{
    *frames = (struct acre_trace_frames){.memory = memory};
}

void acre_trace_frames_fini(struct acre_trace_frames *frames)
{
    acre_free_elements(frames->memory, frames->nodes, frames->capacity, sizeof *frames->nodes);
    acre_trace_frames_init(frames, frames->memory);
}

bool acre_trace_frames_add(struct acre_trace_frames *frames, const struct acre_trace_frame *frame)
{
    if (!acre_grow(frames->memory, &frames->nodes, frames->count, &frames->capacity,
                   sizeof *frames->nodes))
        return false;
    frames->nodes[frames->count++] = *frame;
    return true;
}

/* Modules ---------------------------------------------------------------------------------------
 */

/* Path, a zero byte, build id. */
static struct acre_layout layout_of_strings(const struct acre_trace_module *module)
{
    return (struct acre_layout){module->path_bytes + 1 + module->build_id_bytes, 1,
                                ACRE_PURPOSE_OTHER};
}

void acre_trace_modules_init(struct acre_trace_modules *modules, struct acre_alloc *memory)
{
    *modules = (struct acre_trace_modules){.memory = memory};
}

void acre_trace_modules_fini(struct acre_trace_modules *modules)
{
    for (uint32_t i = 0; i < modules->count; i++)
        acre_free(modules->memory, (char *)(uintptr_t)modules->modules[i].path,
                  layout_of_strings(&modules->modules[i]));
    acre_free_elements(modules->memory, modules->modules, modules->capacity,
                       sizeof *modules->modules);
    acre_trace_modules_init(modules, modules->memory);
}

bool acre_trace_modules_add(struct acre_trace_modules *modules,
                            const struct acre_trace_module *module)
{
    struct acre_trace_module *copy;
    char *strings;

    if (!acre_grow(modules->memory, &modules->modules, modules->count, &modules->capacity,
                   sizeof *modules->modules))
        return false;
    strings = acre_allocate(modules->memory, layout_of_strings(module));
    if (strings == NULL)
        return false;
    memcpy(strings, module->path, module->path_bytes);
    strings[module->path_bytes] = '\0';
    memcpy(strings + module->path_bytes + 1, module->build_id, module->build_id_bytes);
    copy = &modules->modules[modules->count++];
    *copy = *module;
    copy->path = strings;
    copy->build_id = (const unsigned char *)strings + module->path_bytes + 1;
    return true;
}
