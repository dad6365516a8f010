#include "report/site_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "profile/pattern.h"
#include "profile/short_name.h"

enum {
    MOST_CALLERS = 5,
    FIGURES_WIDTH = 46,    /* of the columns behind the name, about */
    WAY_MARGIN = 8,        /* in front of it and behind */
    LEAST_NAME_WIDTH = 24, /* however narrow the page is */
};

const char *acre_last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

void acre_site_name(const struct acre_page *page, const char *function, char *text, size_t room)
{
    int width = page->width - FIGURES_WIDTH;
    size_t most = (size_t)(width > LEAST_NAME_WIDTH ? width : LEAST_NAME_WIDTH) + 1;

    if (page->wide)
        snprintf(text, room, "%s", function);
    else
        acre_short_name(function, text, most < room ? most : room);
}

/* The way there --------------------------------------------------------------------------------
 */

/* Functions of the runtime that programs and threads begin with: everybody knows. */
static bool is_beginning(const char *function)
{
    static const char *const beginnings[] = {"libc_start_*", "start", "start_thread", "clone*",
                                             "pthread_start*"};

    return acre_name_is_one_of(function, beginnings, sizeof beginnings / sizeof beginnings[0]);
}

/* "a.cpp:12", "[libz.so.1]" where only the module is known, "" where the name says that as well. */
static void put_location(char *text, size_t room, const struct acre_frame *frame,
                         const char *module)
{
    if (frame->file != NULL && frame->line > 0)
        snprintf(text, room, "%s:%" PRIu32, acre_last_part(frame->file), frame->line);
    else if (frame->file != NULL)
        snprintf(text, room, "%s", acre_last_part(frame->file));
    else if (module[0] != '\0' && strchr(frame->function, '+') == NULL)
        snprintf(text, room, "[%s]", acre_last_part(module));
    else
        text[0] = '\0';
}

/* "main main.cpp:31", and "main:31" in the file that was named last. */
static void put_caller(char *text, size_t room, const struct acre_frame *frame, const char *file)
{
    size_t used = acre_short_name(frame->function, text, room < 64 ? room : 64);

    if (frame->file == NULL || frame->line == 0)
        return;
    if (frame->file == file)
        snprintf(text + used, room - used, ":%" PRIu32, frame->line);
    else
        snprintf(text + used, room - used, " %s:%" PRIu32, acre_last_part(frame->file),
                 frame->line);
}

static size_t width_of(const char *text)
{
    size_t width = 0;

    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* A way as it grows, to the width of the page. */
struct way {
    char *text;
    size_t room, used, width, most_width;
    const char *file; /* named last */
    unsigned callers;
    bool is_full;
};

static void go_on(struct way *way, const char *text)
{
    static const char arrow[] = " < ";
    size_t width = width_of(text) + (way->width > 0 ? sizeof arrow - 1 : 0);
    size_t room = way->room - way->used;

    way->is_full =
        way->is_full || way->width + width > way->most_width || strlen(text) + sizeof arrow > room;
    if (way->is_full || text[0] == '\0')
        return;
    way->used +=
        (size_t)snprintf(way->text + way->used, room, "%s%s", way->width > 0 ? arrow : "", text);
    way->width += width;
}

/* What is in front of `function` on the stack. */
static void begin(struct way *way, const struct acre_frame *frame, const char *module)
{
    char text[256];

    put_location(text, sizeof text, frame, module);
    go_on(way, text);
    way->file = frame->file;
}

static void add_caller(struct way *way, const struct acre_frame *frame)
{
    char text[256];

    put_caller(text, sizeof text, frame, way->file);
    go_on(way, text);
    way->file = frame->file != NULL ? frame->file : way->file;
}

bool acre_site_way(const struct acre_page *page, const struct acre_profile *profile,
                   struct acre_names *names, uint32_t stack, uint32_t depth, char *text,
                   size_t room)
{
    struct acre_walk walk = acre_walk_of(profile, names, stack);
    const struct acre_frame *frame = acre_walk_next(&walk);
    struct way way = {.text = text, .room = room, .most_width = SIZE_MAX};

    text[0] = '\0';
    if (!page->wide)
        way.most_width = page->width > LEAST_NAME_WIDTH + WAY_MARGIN
                             ? (size_t)(page->width - WAY_MARGIN)
                             : (size_t)LEAST_NAME_WIDTH;
    for (uint32_t i = 0; frame != NULL && i < depth; i++)
        frame = acre_walk_next(&walk);
    if (frame != NULL)
        begin(&way, frame, acre_path_of_node(profile, walk.node));
    while (frame != NULL && !way.is_full && (frame = acre_walk_next(&walk)) != NULL &&
           !is_beginning(frame->function)) {
        if (way.callers++ == MOST_CALLERS) {
            go_on(&way, "...");
            break;
        }
        add_caller(&way, frame);
    }
    return !walk.has_no_memory;
}
