#include "profile/told.h"

#include "alloc/grow.h"

void acre_told_init(struct acre_told *told, struct acre_alloc *memory)
{
    *told = (struct acre_told){.memory = memory};
}

void acre_told_fini(struct acre_told *told)
{
    acre_free_elements(told->memory, told->scopes, told->scope_capacity, sizeof *told->scopes);
    acre_told_init(told, told->memory);
}

/* Texts ----------------------------------------------------------------------------------------
 */

static void copy_text(char *to, size_t room, const struct acre_trace_event *event)
{
    size_t bytes = event->text_bytes < room - 1 ? event->text_bytes : room - 1;

    memcpy(to, event->text, bytes);
    to[bytes] = '\0';
}

static void note_remark(struct acre_told *told, const struct acre_trace_event *event)
{
    uint64_t place = told->remark_count++;

    if (place >= ACRE_TOLD_REMARKS)
        return;
    told->remarks[place].type = event->type;
    copy_text(told->remarks[place].text, sizeof told->remarks[place].text, event);
}

static void note_other(struct acre_told *told, const struct acre_trace_event *event)
{
    switch (event->type) {
    case ACRE_TRACE_TYPE_SOURCE:
        copy_text(told->sources[event->source], sizeof told->sources[0], event);
        break;
    case ACRE_TRACE_TYPE_SCOPE:
        copy_text(told->scope_names[event->source], sizeof told->scope_names[0], event);
        break;
    case ACRE_TRACE_TYPE_PROCESS:
    case ACRE_TRACE_TYPE_UNSEEN:
        note_remark(told, event);
        break;
    case ACRE_TRACE_TYPE_PURPOSE: /* the reader's */
        break;
    case ACRE_TRACE_TYPE_MARK:
        told->marks++;
        break;
    default:
        told->odd++;
        break;
    }
}

/* Iterations -----------------------------------------------------------------------------------
 */

/* The row of the iteration that lasts; NULL: it has none. */
static struct acre_told_scope *row_of(const struct acre_told *told)
{
    struct acre_told_scope *last =
        told->scope_count > 0 ? &told->scopes[told->scope_count - 1] : NULL;

    return last != NULL && last->scope == told->scope ? last : NULL;
}

static bool begin_scope(struct acre_told *told, const struct acre_trace_event *event,
                        uint64_t live_bytes)
{
    told->scopes_begun[event->scope_name]++;
    if (event->scope_name != 0)
        return true;
    told->scope = event->scope;
    if (told->scope_count == ACRE_TOLD_SCOPES)
        return true;
    if (!acre_grow(told->memory, &told->scopes, told->scope_count, &told->scope_capacity,
                   sizeof *told->scopes))
        return false;
    told->scopes[told->scope_count++] =
        (struct acre_told_scope){.scope = event->scope, .peak_bytes = live_bytes};
    return true;
}

/* Of a call. Also an unknown block that moves is born. */
static bool is_birth(const struct acre_trace_event *event)
{
    return event->kind == ACRE_TRACE_ALLOCATE ||
           (event->kind == ACRE_TRACE_MOVE && event->is_unknown);
}

static void count_in_scope(struct acre_told *told, const struct acre_trace_event *event,
                           uint64_t live_bytes)
{
    struct acre_told_scope *row = row_of(told);

    if (row == NULL)
        return;
    if (is_birth(event)) {
        row->blocks++;
        row->bytes += event->layout.size;
    }
    if (live_bytes > row->peak_bytes)
        row->peak_bytes = live_bytes;
    if (event->kind == ACRE_TRACE_SCOPE_END && event->scope_name == 0)
        row->live_bytes = live_bytes;
}

bool acre_told_note(struct acre_told *told, const struct acre_trace_event *event,
                    uint64_t live_bytes)
{
    told->kinds[event->kind]++;
    switch (event->kind) {
    case ACRE_TRACE_FRAME:
    case ACRE_TRACE_MODULE:
        return true;
    case ACRE_TRACE_OTHER:
        note_other(told, event);
        return true;
    case ACRE_TRACE_SCOPE_BEGIN:
        return begin_scope(told, event, live_bytes);
    case ACRE_TRACE_ALLOCATE:
    case ACRE_TRACE_RESIZE:
    case ACRE_TRACE_MOVE:
    case ACRE_TRACE_REFUSE:
        told->calls[event->call]++;
        break;
    default:
        break;
    }
    count_in_scope(told, event, live_bytes);
    return true;
}
