/* Paths of sources, as people write them. */
#include "support/mtest.h"

#include "symbols/source_path.h"

static void expect(const char *directory, const char *file, const char *path)
{
    char text[256];

    acre_source_path(directory, file, text, sizeof text);
    cr_assert_str_eq(text, path);
}

MTest(source_path, directories_are_joined_and_dots_taken_out)
{
    expect("/src/build", "../core/./tape.c", "/src/core/tape.c");
    expect("/src/build/", "tape.c", "/src/build/tape.c");
    expect("/src", "/usr/include//stdio.h", "/usr/include/stdio.h");
    expect(NULL, "/a/b/../../c", "/c");
    expect("/a", "../../../b", "/b");
    expect("/", "x", "/x");
    expect("/", "..", "/");
    expect("/a/b", "../...c", "/a/...c");
    expect("/a", "b/..c/.d", "/a/b/..c/.d");
}

MTest(source_path, relative_ones_stay_so)
{
    expect("./string", "./string/strxfrm_l.c", "string/strxfrm_l.c");
    expect("./string", "../sysdeps/memmove.S", "../sysdeps/memmove.S");
    expect(NULL, "../../a/../b", "../../b");
    expect(NULL, "a/../..", "..");
    expect(NULL, "a/..", "");
    expect("", "a/b/../../../c/./d", "../c/d");
    expect(NULL, "", "");
    expect(NULL, "a", "a");
}

/* Each length of room, with all of its bytes written and none behind it. */
MTest(source_path, what_does_not_fit_is_cut)
{
    const char *whole = "/src/core/tape.c";

    for (size_t room = 1; room <= strlen(whole) + 1; room++) {
        char *text = malloc(room);

        acre_source_path("/src/build", "../core/tape.c", text, room);
        cr_assert_lt(strlen(text), room);
        free(text);
    }
}
