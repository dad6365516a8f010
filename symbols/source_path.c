#include "symbols/source_path.h"

#include <stdbool.h>
#include <string.h>

struct path {
    char *text;
    size_t used, room; /* one byte of it for the 0 */
    size_t fixed;      /* "/" or "../../": nothing takes that back */
};

static void append(struct path *path, const char *part, size_t bytes)
{
    size_t left = path->room - 1 - path->used;

    if (bytes > left)
        bytes = left;
    memcpy(path->text + path->used, part, bytes);
    path->used += bytes;
}

static void drop_last(struct path *path)
{
    while (path->used > path->fixed && path->text[path->used - 1] != '/')
        path->used--;
    if (path->used > path->fixed)
        path->used--; /* the slash in front of it */
}

static void add_part(struct path *path, const char *part, size_t bytes)
{
    bool is_up = bytes == 2 && memcmp(part, "..", 2) == 0;

    if (bytes == 0 || (bytes == 1 && part[0] == '.'))
        return;
    if (is_up && path->used > path->fixed) {
        drop_last(path);
        return;
    }
    if (is_up && path->fixed > 0 && path->text[0] == '/')
        return; /* nothing is above the root */
    if (path->used > 0 && path->text[path->used - 1] != '/')
        append(path, "/", 1);
    append(path, part, bytes);
    if (is_up)
        path->fixed = path->used;
}

static void add_parts(struct path *path, const char *parts)
{
    for (;;) {
        size_t bytes = strcspn(parts, "/");

        add_part(path, parts, bytes);
        if (parts[bytes] == '\0')
            return;
        parts += bytes + 1;
    }
}

void acre_source_path(const char *directory, const char *file, char *text, size_t room)
{
    struct path path = {.text = text, .room = room};
    bool is_in_directory = file[0] != '/' && directory != NULL && directory[0] == '/';

    if (file[0] == '/' || is_in_directory) {
        append(&path, "/", 1);
        path.fixed = path.used;
    }
    if (is_in_directory)
        add_parts(&path, directory);
    add_parts(&path, file);
    text[path.used] = '\0';
}
