/* What tests of pictures share: drawing one into memory, and looking at its text. */
#ifndef ACRE_TESTS_CORE_PICTURE_H
#define ACRE_TESTS_CORE_PICTURE_H

#include "core/draw.h"
#include "core/tape.h"

/* The last picture, from behind what all pictures begin with. */
static char *text;
static size_t text_bytes;

static inline void forget_picture(void)
{
    free(text);
    text = NULL;
}

static inline enum acre_status try_draw(const struct acre_drawing *drawing)
{
    FILE *stream;
    enum acre_status status;

    forget_picture();
    stream = open_memstream(&text, &text_bytes);
    cr_assert_not_null(stream);
    status = acre_draw(world.engine, drawing, stream);
    cr_assert_eq(fclose(stream), 0);
    return status;
}

static inline void draw(const struct acre_drawing *drawing)
{
    cr_assert_eq(try_draw(drawing), ACRE_OK, "%s", acre_error(world.engine));
    cr_assert_eq(strncmp(text, "digraph objects {\n", 18), 0);
    cr_assert_str_eq(text + text_bytes - 2, "}\n");
}

static inline unsigned count(const char *words)
{
    unsigned found = 0;

    for (const char *rest = text; (rest = strstr(rest, words)) != NULL; rest += strlen(words))
        found++;
    return found;
}

#define has(words)   cr_assert(strstr(text, words) != NULL, "no %s in:\n%s", words, text)
#define lacks(words) cr_assert(strstr(text, words) == NULL, "%s in:\n%s", words, text)

/* The line that begins with these words. */
static inline const char *line_of(const char *words)
{
    static char line[512];
    const char *begin = strstr(text, words);

    cr_assert_not_null(begin, "no %s in:\n%s", words, text);
    snprintf(line, sizeof line, "%.*s", (int)strcspn(begin, "\n"), begin);
    return line;
}

static inline bool line_has(const char *words, const char *more)
{
    return strstr(line_of(words), more) != NULL;
}

static inline void close_world(void)
{
    forget_picture();
    close_empty();
}

static inline const char *node_name(const struct acre_object *object, void *context)
{
    char *name = context;

    name[0] = ((const struct node *)object)->name;
    return name;
}

/* A census of nodes, the usual picture. */
static inline void draw_nodes(struct node *const *nodes, size_t node_count)
{
    static char name[2];

    draw(&(struct acre_drawing){
        .objects = (struct acre_object *const *)nodes,
        .object_count = node_count,
        .name_of = node_name,
        .context = name,
    });
}

#endif
