/* The base, asked for what the profile has. */
#include "export/written.h"
#include "support/mtest.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sqlite3 *open_base(const struct made_profile *made)
{
    size_t bytes;
    char *text = written_text("sqlite", made, ACRE_EXPORT_PEAK, &bytes);
    unsigned char *copy = sqlite3_malloc64(bytes);
    sqlite3 *base;

    cr_assert_not_null(copy);
    memcpy(copy, text, bytes);
    free(text);
    cr_assert_eq(sqlite3_open(":memory:", &base), SQLITE_OK);
    cr_assert_eq(sqlite3_deserialize(base, "main", copy, (sqlite3_int64)bytes, (sqlite3_int64)bytes,
                                     SQLITE_DESERIALIZE_FREEONCLOSE),
                 SQLITE_OK);
    return base;
}

static void asks(sqlite3 *base, const char *sql, const char *answer)
{
    sqlite3_stmt *statement;
    const char *text;

    cr_assert_eq(sqlite3_prepare_v2(base, sql, -1, &statement, NULL), SQLITE_OK, "%s: %s", sql,
                 sqlite3_errmsg(base));
    cr_assert_eq(sqlite3_step(statement), SQLITE_ROW, "%s", sql);
    text = (const char *)sqlite3_column_text(statement, 0);
    cr_assert_str_eq(text != NULL ? text : "NULL", answer, "%s", sql);
    sqlite3_finalize(statement);
}

static void asks_number(sqlite3 *base, const char *sql, uint64_t answer)
{
    char number[24];

    snprintf(number, sizeof number, "%" PRIu64, answer);
    asks(base, sql, number);
}

MTest(export_formats, sqlite)
{
    for (const char *const *name = made_names; *name != NULL; name++) {
        struct made_profile *made = made_profile(*name);
        const struct acre_profile *profile = &made->profile;
        sqlite3 *base = open_base(made);

        asks(base, "PRAGMA integrity_check", "ok");
        asks_number(base, "SELECT coalesce(sum(bytes), 0) FROM site", profile->total.bytes);
        asks_number(base, "SELECT coalesce(sum(peak_bytes), 0) FROM site",
                    profile->total.peak_bytes);
        asks_number(base, "SELECT coalesce(sum(life_ns), 0) FROM site", profile->total.life_ns);
        asks_number(base, "SELECT count(*) FROM site", profile->site_count);
        asks_number(base, "SELECT count(*) FROM point", profile->point_count);
        asks_number(base, "SELECT count(*) FROM module", profile->modules.count);
        asks_number(base, "SELECT coalesce(sum(blocks), 0) FROM size_life", profile->total.freed);
        asks_number(base, "SELECT coalesce(sum(blocks), 0) FROM thread", profile->total.blocks);
        asks(base, "SELECT pid FROM process", "4711");
        asks_number(base, "SELECT count(*) FROM pragma_foreign_key_check", 0);
        sqlite3_close(base);
        made_free(made);
    }
}

MTest(export_formats, sqlite_stacks)
{
    struct made_profile *made = made_profile("small");
    sqlite3 *base = open_base(made);

    asks(base,
         "SELECT group_concat(name, ';') FROM (SELECT function AS name FROM site_stack"
         " WHERE site = 3 ORDER BY depth)",
         "libc.so.6+0x8a1b2;node_new;optimise;main");
    asks(base, "SELECT file || ':' || line FROM site_stack WHERE site = 2 AND depth = 0",
         "/src/graph.h:31");
    asks(base, "SELECT count(*) FROM function", "5");
    asks(base, "SELECT count(*) FROM frame", "6"); /* the death's has no row, the inlined one has */
    asks(base, "SELECT is_inlined FROM frame JOIN site ON frame.id = frame WHERE site.id = 2", "1");
    asks(base, "SELECT build_id FROM module WHERE id = 2", "beef01");
    sqlite3_close(base);
    made_free(made);
    made = made_profile("stackless");
    base = open_base(made);
    asks(base, "SELECT frame FROM site", "NULL");
    sqlite3_close(base);
    made_free(made);
    made = made_profile("deep");
    base = open_base(made);
    asks(base, "SELECT max(depth) FROM site_stack", "2999");
    sqlite3_close(base);
    made_free(made);
}
