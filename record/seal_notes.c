#include "record/sealing.h"

#include <stdio.h>

static void put_text(struct acre_sealing *sealing, const struct acre_raw_item *item,
                     enum acre_trace_type type, uint32_t source, const char *text)
{
    const struct acre_trace_event event = {
        .kind = ACRE_TRACE_OTHER,
        .source = source,
        .type = type,
        .text = text,
        .text_bytes = strlen(text),
    };

    acre_sealing_put(sealing, item, &event);
}

/* The text behind a note's number: ends where the note does. */
static void text_of(const struct acre_raw_item *item, char *text, size_t room)
{
    size_t bytes = item->word_count > 0 ? 8 * (item->word_count - 1) : 0;

    bytes = bytes < room ? bytes : room - 1;
    memcpy(text, item->words + 1, bytes);
    text[bytes] = '\0';
}

static uint32_t scope_number(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    char name[ACRE_SCOPE_NAME_BYTES];

    text_of(item, name, sizeof name);
    for (uint32_t i = 0; i < sealing->scope_count; i++)
        if (strcmp(sealing->scopes[i], name) == 0)
            return i;
    if (sealing->scope_count == ACRE_TRACE_MOST_SCOPE_NAMES)
        return ACRE_TRACE_MOST_SCOPE_NAMES - 1;
    if (sealing->scope_count == ACRE_TRACE_MOST_SCOPE_NAMES - 1)
        snprintf(name, sizeof name, "(any other)");
    memcpy(sealing->scopes[sealing->scope_count], name, sizeof name);
    put_text(sealing, item, ACRE_TRACE_TYPE_SCOPE, sealing->scope_count, name);
    return sealing->scope_count++;
}

static void tell_purpose(struct acre_sealing *sealing, const struct acre_raw_item *item,
                         uint32_t purpose)
{
    put_text(sealing, item, ACRE_TRACE_TYPE_PURPOSE, purpose,
             sealing->process->purposes->names[purpose]);
}

void acre_sealing_tell_purposes(struct acre_sealing *sealing, const struct acre_raw_item *begin)
{
    for (uint32_t p = ACRE_PURPOSE_COUNT; p < sealing->process->purposes->count; p++)
        tell_purpose(sealing, begin, p);
}

/* For nothing in particular, and for what there is no room for: other. */
static uint32_t purpose_number(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    struct acre_trace_purposes *purposes = sealing->process->purposes;
    uint32_t known = purposes->count;
    char name[ACRE_TRACE_PURPOSE_BYTES];
    uint32_t purpose;

    text_of(item, name, sizeof name);
    if (name[0] == '\0')
        return ACRE_PURPOSE_OTHER;
    purpose = acre_trace_purposes_find(purposes, name, strlen(name));
    if (purpose == known)
        tell_purpose(sealing, item, purpose);
    return purpose;
}

static void take_mark(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    struct acre_trace_event event = {.kind = ACRE_TRACE_SCOPE_BEGIN};
    char text[ACRE_SCOPE_NAME_BYTES + 8] = "reset ";

    switch (item->note) {
    case ACRE_RAW_SCOPE_BEGIN:
        event.scope = item->words[0];
        event.scope_name = scope_number(sealing, item);
        acre_sealing_put(sealing, item, &event);
        break;
    case ACRE_RAW_SCOPE_END:
        event.kind = ACRE_TRACE_SCOPE_END;
        event.scope_name = scope_number(sealing, item);
        acre_sealing_put(sealing, item, &event);
        break;
    case ACRE_RAW_REGION_RESET:
        text_of(item, text + 6, ACRE_SCOPE_NAME_BYTES);
        put_text(sealing, item, ACRE_TRACE_TYPE_MARK, 0, text);
        break;
    default:
        sealing->purposes[item->state] = purpose_number(sealing, item);
        break;
    }
}

/* What the children that begin here will free of what lives now. */
static void tell_children(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    const struct acre_seal_process *process = sealing->process;

    for (size_t c = 0; c < process->child_count; c++) {
        struct acre_strays *strays = process->children[c].strays;

        if (process->children[c].fork_ticks != item->ticks)
            continue;
        for (size_t i = 0; i < strays->count; i++) {
            struct acre_inherited *block = &strays->blocks[i];
            uint32_t id = acre_trace_objects_find(&sealing->objects, block->address);

            if (id == ACRE_TRACE_NO_OBJECT)
                continue;
            block->layout = sealing->objects.slots[id].layout;
            block->usable_bytes = sealing->births[id].usable_bytes;
            block->call = sealing->births[id].call;
        }
    }
}

static void take_forked(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    char text[64];

    if (item->words[0] == 0)
        return;
    snprintf(text, sizeof text, "fork %u", (unsigned)item->words[0]);
    put_text(sealing, item, ACRE_TRACE_TYPE_PROCESS, 0, text);
}

bool acre_sealing_take_note(struct acre_sealing *sealing, const struct acre_raw_item *item)
{
    switch (item->note) {
    case ACRE_RAW_STACK:
    case ACRE_RAW_MODULE:
    case ACRE_RAW_MODULES:
        return acre_callers_note(&sealing->callers, item);
    case ACRE_RAW_SCOPE_BEGIN:
    case ACRE_RAW_SCOPE_END:
    case ACRE_RAW_REGION_RESET:
    case ACRE_RAW_PURPOSE:
        if (item->word_count >= 1)
            take_mark(sealing, item);
        return true;
    case ACRE_RAW_OURS:
        return item->word_count < 1 || acre_sealing_keep_ours(sealing, item->words[0]);
    case ACRE_RAW_FORK:
        tell_children(sealing, item);
        return true;
    case ACRE_RAW_FORKED:
        if (item->word_count >= 1)
            take_forked(sealing, item);
        return true;
    default:
        return true;
    }
}
