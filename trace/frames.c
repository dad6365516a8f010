#include "trace/frames.h"

enum { FIRST_CAPACITY = 64 };

/* Frames ----------------------------------------------------------------------------------------
 */

static struct acre_layout layout_of_nodes(size_t count)
{
    return (struct acre_layout){count * sizeof(struct acre_trace_frame),
                                _Alignof(struct acre_trace_frame), ACRE_PURPOSE_OTHER};
}

void acre_trace_frames_init(struct acre_trace_frames *frames, struct acre_alloc *memory)
{
    *frames = (struct acre_trace_frames){.memory = memory};
}

void acre_trace_frames_fini(struct acre_trace_frames *frames)
{
    acre_free(frames->memory, frames->nodes, layout_of_nodes(frames->capacity));
    acre_trace_frames_init(frames, frames->memory);
}

bool acre_trace_frames_add(struct acre_trace_frames *frames, const struct acre_trace_frame *frame)
{
    if (frames->count == frames->capacity) {
        uint32_t capacity = frames->capacity == 0 ? FIRST_CAPACITY : 2 * frames->capacity;
        struct acre_trace_frame *nodes =
            acre_reallocate(frames->memory, frames->nodes, layout_of_nodes(frames->capacity),
                            layout_of_nodes(capacity).size);

        if (nodes == NULL)
            return false;
        frames->nodes = nodes;
        frames->capacity = capacity;
    }
    frames->nodes[frames->count++] = *frame;
    return true;
}

/* Modules ---------------------------------------------------------------------------------------
 */

static struct acre_layout layout_of_modules(size_t count)
{
    return (struct acre_layout){count * sizeof(struct acre_trace_module),
                                _Alignof(struct acre_trace_module), ACRE_PURPOSE_OTHER};
}

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
    acre_free(modules->memory, modules->modules, layout_of_modules(modules->capacity));
    acre_trace_modules_init(modules, modules->memory);
}

static bool grow_modules(struct acre_trace_modules *modules)
{
    uint32_t capacity = modules->capacity == 0 ? FIRST_CAPACITY : 2 * modules->capacity;
    struct acre_trace_module *grown =
        acre_reallocate(modules->memory, modules->modules, layout_of_modules(modules->capacity),
                        layout_of_modules(capacity).size);

    if (grown == NULL)
        return false;
    modules->modules = grown;
    modules->capacity = capacity;
    return true;
}

bool acre_trace_modules_add(struct acre_trace_modules *modules,
                            const struct acre_trace_module *module)
{
    struct acre_trace_module *copy;
    char *strings;

    if (modules->count == modules->capacity && !grow_modules(modules))
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
