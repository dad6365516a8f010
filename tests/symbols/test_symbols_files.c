/* Which files are used, where they are looked for, and what is said of those that are not. */
#include "symbols/subjects.h"

/* Looks a place up that the subject tells of: three frames with lines, one without, or none. */
static void expect(const char *path, const void *id, size_t id_bytes, const char *root,
                   enum acre_symbols_state state)
{
    struct truth truths[TRUTHS];
    struct subject subject;
    struct acre_frames found;

    read_truths(truths);
    open_subject_of(&subject, path, id, id_bytes, &root, root != NULL);
    cr_assert_eq(state_of(&subject), state, "%s in %s: %s", path, root != NULL ? root : "-",
                 acre_symbols_state_text(state_of(&subject)));
    found = look_up(&subject, truths[2].address);
    cr_assert_eq(found.count, state == ACRE_SYMBOLS_LINES ? 3 : 1);
    cr_assert_eq(found.frames[0].function != NULL,
                 state == ACRE_SYMBOLS_LINES || state == ACRE_SYMBOLS_NAMES);
    cr_assert_eq(found.frames[0].line > 0, state == ACRE_SYMBOLS_LINES);
    close_subject(&subject);
}

MTest(symbols_files, states)
{
    static const char *const texts[] = {
        "functions and lines",
        "functions only, no debug information was found",
        "no symbols are in the file",
        "the file is not there",
        "the file cannot be read as ELF",
        "the file was rebuilt since, its build id is another one",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cr_assert_str_eq(acre_symbols_state_text((enum acre_symbols_state)i), texts[i]);
    expect(SUBJECT, NULL, 0, NULL, ACRE_SYMBOLS_LINES);
    expect(FILES "/symbols/subject", NULL, 0, NULL, ACRE_SYMBOLS_NAMES);
    expect(FILES "/bare/subject", NULL, 0, NULL, ACRE_SYMBOLS_NONE);
    expect(FILES "/no/such/file", NULL, 0, NULL, ACRE_SYMBOLS_MISSING);
    expect(SUBJECT "/below", NULL, 0, NULL, ACRE_SYMBOLS_MISSING);
    expect("", NULL, 0, NULL, ACRE_SYMBOLS_MISSING);
    expect("[vdso]", NULL, 0, NULL, ACRE_SYMBOLS_MISSING);
    expect(FILES, NULL, 0, NULL, ACRE_SYMBOLS_MISSING);
    expect("/dev/null", NULL, 0, NULL, ACRE_SYMBOLS_MISSING);
    expect(FILES "/broken/pipe", NULL, 0, NULL, ACRE_SYMBOLS_MISSING);
    expect(FILES "/broken/text", NULL, 0, NULL, ACRE_SYMBOLS_UNREADABLE);
    expect(FILES "/broken/empty", NULL, 0, NULL, ACRE_SYMBOLS_UNREADABLE);
    expect(FILES "/broken/object", NULL, 0, NULL, ACRE_SYMBOLS_UNREADABLE);
}

/* The file of another build is never used, wherever it is. */
MTest(symbols_files, build_ids)
{
    unsigned char id[64] = {0}, other[64];
    size_t count = subject_id(id, sizeof id);

    memcpy(other, id, sizeof id);
    other[count - 1] ^= 1;
    expect(SUBJECT, id, count, NULL, ACRE_SYMBOLS_LINES);
    expect(SUBJECT, other, count, NULL, ACRE_SYMBOLS_OTHER_BUILD);
    expect(SUBJECT, id, count - 1, NULL, ACRE_SYMBOLS_OTHER_BUILD);
    expect(FILES "/linked/subject", other, count, NULL, ACRE_SYMBOLS_OTHER_BUILD);
    expect(FILES "/bare/subject", id, count, NULL, ACRE_SYMBOLS_OTHER_BUILD);
    expect("/opt/program/subject", other, count, FILES "/sysroot", ACRE_SYMBOLS_OTHER_BUILD);
    expect(FILES "/no/such/file", id, count, NULL, ACRE_SYMBOLS_MISSING);
    expect(FILES "/broken/text", id, count, NULL, ACRE_SYMBOLS_UNREADABLE);
    /* Longer than any: not told. */
    expect(SUBJECT, FILES FILES FILES FILES, 65, NULL, ACRE_SYMBOLS_LINES);
}

MTest(symbols_files, separate_debug_files)
{
    unsigned char id[64];
    size_t count = subject_id(id, sizeof id);

    expect(FILES "/linked/subject", NULL, 0, NULL, ACRE_SYMBOLS_LINES);
    expect(FILES "/linked/subject", id, count, NULL, ACRE_SYMBOLS_LINES);
    expect(FILES "/exported/subject", NULL, 0, NULL, ACRE_SYMBOLS_NAMES);
    expect(FILES "/exported/subject", NULL, 0, FILES "/root", ACRE_SYMBOLS_LINES);
    expect(FILES "/exported/subject", id, count, FILES "/sysroot", ACRE_SYMBOLS_LINES);
    /* By the checksum, where there is no id. */
    expect(FILES "/wrong/subject", NULL, 0, NULL, ACRE_SYMBOLS_NONE);
}

/* Its addresses are not the subject's. */
MTest(symbols_files, a_debug_file_without_an_id_is_told_by_its_checksum)
{
    struct subject subject;

    open_subject(&subject, FILES "/no-id/subject");
    cr_assert_eq(state_of(&subject), ACRE_SYMBOLS_LINES);
    close_subject(&subject);
}

/* What dwz makes of the debug files of a package. */
MTest(symbols_files, names_that_debug_files_share)
{
    static const char *const root = FILES "/shared";
    struct truth truths[TRUTHS];
    struct subject subject;
    unsigned char id[64];
    size_t id_bytes = subject_id(id, sizeof id), count = read_truths(truths);

    if (access(root, F_OK) != 0)
        cr_skip_test("there is no dwz");
    open_subject_of(&subject, "/no/such/file", id, id_bytes, &root, 1);
    for (size_t i = 0; i < count; i++)
        expect_truth(&subject, &truths[i]);
    close_subject(&subject);
    /* Half of the truth is not told. */
    expect("/no/such/file", id, id_bytes, FILES "/lonely", ACRE_SYMBOLS_NAMES);
}

MTest(symbols_files, roots_come_first)
{
    static const char *const roots[] = {FILES "/no/such/root", FILES "/linked"};
    unsigned char id[64];
    size_t count = subject_id(id, sizeof id);
    struct subject subject;

    /* A copy of a whole system, or of some files; then the path itself. */
    expect("/opt/program/subject", NULL, 0, NULL, ACRE_SYMBOLS_MISSING);
    expect("/opt/program/subject", NULL, 0, FILES "/sysroot", ACRE_SYMBOLS_LINES);
    expect("/opt/program/subject", id, count, FILES "/symbols", ACRE_SYMBOLS_NAMES);
    expect("/opt/program/subject", id, count, FILES "/linked", ACRE_SYMBOLS_LINES);
    expect(SUBJECT, NULL, 0, FILES "/no/such/root", ACRE_SYMBOLS_LINES);
    /* One of another build does not keep the right one from being found. */
    expect(FILES "/linked/subject", id, count, FILES "/bare", ACRE_SYMBOLS_LINES);
    /* A debug file alone. */
    expect("/no/such/file", id, count, FILES "/root", ACRE_SYMBOLS_LINES);
    expect("/no/such/file", NULL, 0, FILES "/root", ACRE_SYMBOLS_MISSING);
    open_subject_of(&subject, "/opt/program/subject", NULL, 0, roots, 2);
    cr_assert_eq(state_of(&subject), ACRE_SYMBOLS_LINES);
    close_subject(&subject);
}

/* Longer than any path can be. */
MTest(symbols_files, long_paths_are_of_no_file)
{
    char path[3 * PATH_MAX];

    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    expect(path, NULL, 0, FILES, ACRE_SYMBOLS_MISSING);
    path[0] = '/';
    expect(path, NULL, 0, FILES, ACRE_SYMBOLS_MISSING);
}
