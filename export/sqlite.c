/*
 * A database of SQLite's: tables of what a profile has, for questions that no tool has thought of.
 * docs/export.md describes them.
 *
 * It is made in memory and written as a whole, as every format is. What SQLite needs it takes from
 * the C library's malloc: another one could be set only for the whole process.
 */
#include <inttypes.h>
#include <sqlite3.h>

#include "export/formats.h"
#include "export/marks.h"

static const char schema[] =
    "CREATE TABLE process (pid INTEGER, command TEXT NOT NULL, is_complete INTEGER NOT NULL,"
    " sentence TEXT NOT NULL, duration_ns INTEGER NOT NULL, peak_ns INTEGER NOT NULL,"
    " events INTEGER NOT NULL, calls INTEGER NOT NULL, blocks INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL, live_blocks INTEGER NOT NULL, live_bytes INTEGER NOT NULL,"
    " peak_blocks INTEGER NOT NULL, peak_bytes INTEGER NOT NULL, refused INTEGER NOT NULL,"
    " unknown INTEGER NOT NULL, replaced INTEGER NOT NULL, resets INTEGER NOT NULL);"
    "CREATE TABLE module (id INTEGER PRIMARY KEY, path TEXT NOT NULL, build_id TEXT NOT NULL,"
    " load_bias INTEGER NOT NULL, first_address INTEGER NOT NULL, bytes INTEGER NOT NULL);"
    "CREATE TABLE function (id INTEGER PRIMARY KEY, name TEXT NOT NULL, file TEXT);"
    "CREATE TABLE frame (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES frame,"
    " module INTEGER REFERENCES module, address INTEGER NOT NULL,"
    " function INTEGER NOT NULL REFERENCES function, line INTEGER, is_inlined INTEGER NOT NULL);"
    "CREATE TABLE site (id INTEGER PRIMARY KEY, frame INTEGER REFERENCES frame,"
    " blocks INTEGER NOT NULL, bytes INTEGER NOT NULL, resizes INTEGER NOT NULL,"
    " freed INTEGER NOT NULL, live_blocks INTEGER NOT NULL, live_bytes INTEGER NOT NULL,"
    " most_blocks INTEGER NOT NULL, most_bytes INTEGER NOT NULL, peak_blocks INTEGER NOT NULL,"
    " peak_bytes INTEGER NOT NULL, short_blocks INTEGER NOT NULL, short_bytes INTEGER NOT NULL,"
    " life_ns INTEGER NOT NULL, waste_bytes INTEGER NOT NULL, peak_waste_bytes INTEGER NOT NULL,"
    " other_thread INTEGER NOT NULL, inherited INTEGER NOT NULL);"
    "CREATE TABLE point (time_ns INTEGER NOT NULL, live_bytes INTEGER NOT NULL,"
    " live_blocks INTEGER NOT NULL, usable_bytes INTEGER NOT NULL,"
    " allocated_bytes INTEGER NOT NULL);"
    "CREATE TABLE thread (thread INTEGER PRIMARY KEY, events INTEGER NOT NULL,"
    " blocks INTEGER NOT NULL, bytes INTEGER NOT NULL);"
    "CREATE TABLE size_life (size INTEGER NOT NULL, life_ns INTEGER NOT NULL,"
    " blocks INTEGER NOT NULL, PRIMARY KEY (size, life_ns)) WITHOUT ROWID;"
    "CREATE VIEW site_stack (site, depth, frame, function, file, line) AS"
    " WITH RECURSIVE walk (site, depth, frame) AS ("
    "  SELECT id, 0, frame FROM site WHERE frame IS NOT NULL"
    "  UNION ALL SELECT site, depth + 1, parent FROM walk JOIN frame ON frame.id = walk.frame"
    "  WHERE parent IS NOT NULL)"
    " SELECT site, depth, frame.id, name, file, line FROM walk"
    "  JOIN frame ON frame.id = walk.frame JOIN function ON function.id = frame.function;";

/* Statements ------------------------------------------------------------------------------------
 *
 * Whatever fails is want of memory: the tables are ours, and lie in memory. */

struct base {
    sqlite3 *base;
    bool is_good;
    sqlite3_stmt *statement; /* of the table that is filled */
    int column;
};

static void execute(struct base *base, const char *sql)
{
    base->is_good = base->is_good && sqlite3_exec(base->base, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static void begin_table(struct base *base, const char *insert)
{
    base->column = 1;
    base->statement = NULL;
    base->is_good = base->is_good &&
                    sqlite3_prepare_v2(base->base, insert, -1, &base->statement, NULL) == SQLITE_OK;
}

static void end_table(struct base *base)
{
    sqlite3_finalize(base->statement);
    base->statement = NULL;
}

/* Its numbers have a sign. */
static void put_number(struct base *base, uint64_t number)
{
    sqlite3_int64 signed_number = number < INT64_MAX ? (sqlite3_int64)number : INT64_MAX;

    base->is_good = base->is_good &&
                    sqlite3_bind_int64(base->statement, base->column++, signed_number) == SQLITE_OK;
}

/* 0 is none. */
static void put_reference(struct base *base, uint64_t number)
{
    if (number != 0)
        put_number(base, number);
    else
        base->column++; /* NULL since the last row */
}

/* The text stays until the row is put. */
static void put_text(struct base *base, const struct acre_text *text)
{
    base->is_good =
        base->is_good && !text->is_short &&
        sqlite3_bind_text64(base->statement, base->column++, text->bytes != NULL ? text->bytes : "",
                            text->count, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK;
}

static void put_row(struct base *base)
{
    if (base->is_good)
        base->is_good = sqlite3_step(base->statement) == SQLITE_DONE;
    if (base->statement != NULL) {
        sqlite3_reset(base->statement);
        sqlite3_clear_bindings(base->statement);
    }
    base->column = 1;
}

/* Process, modules, threads, points -------------------------------------------------------------
 */

static void put_process(struct base *base, const struct acre_exported *what, struct acre_text *text,
                        struct acre_text *sentence)
{
    const struct acre_profile *profile = what->profile;
    const struct acre_profile_figures *total = &profile->total;
    const uint64_t numbers[] = {
        profile->last_ns - profile->first_ns,
        profile->peak_ns,
        profile->events,
        profile->calls,
        total->blocks,
        total->bytes,
        total->live_blocks,
        total->live_bytes,
        total->peak_blocks,
        total->peak_bytes,
        profile->refused,
        profile->unknown,
        profile->replaced,
        profile->resets,
    };

    begin_table(base, "INSERT INTO process VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    acre_text_put_name(text, what->command, &acre_plain_notation);
    acre_text_put_name(sentence, profile->sentence, &acre_plain_notation);
    put_reference(base, what->pid);
    put_text(base, text);
    put_number(base, profile->state == ACRE_TRACE_COMPLETE);
    put_text(base, sentence);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        put_number(base, numbers[i]);
    put_row(base);
    end_table(base);
}

static void put_modules(struct base *base, const struct acre_trace_modules *modules,
                        struct acre_text *path, struct acre_text *build_id)
{
    begin_table(base, "INSERT INTO module VALUES (?,?,?,?,?,?)");
    for (uint32_t number = 1; number <= modules->count && base->is_good; number++) {
        const struct acre_trace_module *module = acre_trace_module_of(modules, number);

        acre_text_clear(path);
        acre_text_put_name(path, module->path, &acre_plain_notation);
        acre_text_clear(build_id);
        acre_text_put_digits(build_id, module->build_id, module->build_id_bytes);
        put_number(base, number);
        put_text(base, path);
        put_text(base, build_id);
        put_number(base, module->load_bias);
        put_number(base, module->first_address);
        put_number(base, module->bytes);
        put_row(base);
    }
    end_table(base);
}

static void put_points(struct base *base, const struct acre_profile *profile)
{
    begin_table(base, "INSERT INTO point VALUES (?,?,?,?,?)");
    for (size_t i = 0; i < profile->point_count && base->is_good; i++) {
        put_number(base, profile->points[i].time_ns);
        put_number(base, profile->points[i].live_bytes);
        put_number(base, profile->points[i].live_blocks);
        put_number(base, profile->points[i].usable_bytes);
        put_number(base, profile->points[i].allocated_bytes);
        put_row(base);
    }
    end_table(base);
}

static void put_threads(struct base *base, const struct acre_profile *profile)
{
    begin_table(base, "INSERT INTO thread VALUES (?,?,?,?)");
    for (size_t i = 0; i < profile->thread_count && base->is_good; i++) {
        put_number(base, profile->threads[i].thread);
        put_number(base, profile->threads[i].events);
        put_number(base, profile->threads[i].blocks);
        put_number(base, profile->threads[i].bytes);
        put_row(base);
    }
    end_table(base);
}

/* The most that is in a class. */
static uint64_t top_of_class(size_t class)
{
    return class == 0 ? 1 : UINT64_C(1) << class;
}

static void put_sizes(struct base *base, const struct acre_profile *profile)
{
    begin_table(base, "INSERT INTO size_life VALUES (?,?,?)");
    for (size_t size = 0; size < ACRE_PROFILE_SIZE_CLASSES; size++)
        for (size_t life = 0; life < ACRE_PROFILE_LIFE_CLASSES; life++) {
            if (profile->lives[size][life] == 0)
                continue;
            put_number(base, top_of_class(size));
            put_number(base, top_of_class(life));
            put_number(base, profile->lives[size][life]);
            put_row(base);
        }
    end_table(base);
}

/* Frames and sites ------------------------------------------------------------------------------
 */

/* A call is a row: several stand where functions were inlined. */
struct frames {
    struct base *base; /* into the table of frames */
    struct base functions;
    const struct acre_exported *what;
    struct acre_words words; /* name, a zero byte, file: a function is one */
    uint32_t *innermost;     /* rows, by frame; 0: it is in no stack of a site */
    uint64_t count;          /* rows */
};

/* Its number; 0 for want of memory. */
static uint32_t function_of(struct frames *frames, const struct acre_frame *call)
{
    struct acre_text *letters = &frames->words.letters;
    size_t before = frames->words.count, bytes, name_bytes = letters->count;
    struct acre_text name = {0}, file = {0};
    uint32_t number;

    acre_text_put_name(letters, call->function, &acre_plain_notation);
    name_bytes = letters->count - name_bytes;
    acre_text_put(letters, "", 1);
    acre_text_put_name(letters, call->file != NULL ? call->file : "", &acre_plain_notation);
    number = acre_words_end(&frames->words);
    if (number == 0 || frames->words.count == before)
        return number;
    name.bytes = (char *)(uintptr_t)acre_words_of(&frames->words, number, &bytes);
    name.count = name_bytes;
    file.bytes = name.bytes + name_bytes + 1;
    file.count = bytes - name_bytes - 1;
    put_number(&frames->functions, number);
    put_text(&frames->functions, &name);
    if (file.count > 0)
        put_text(&frames->functions, &file);
    put_row(&frames->functions);
    return number;
}

/* The outermost call first, each below the one before. */
static bool put_frame(struct frames *frames, uint32_t frame)
{
    const struct acre_trace_frame *told =
        acre_trace_frame_of(&frames->what->profile->frames, frame);
    uint32_t parent = told->parent != 0 ? frames->innermost[told->parent - 1] : 0;
    struct acre_frames calls;

    if (!acre_names_of(frames->what->names, frame, &calls))
        return false;
    for (uint32_t i = calls.count; i > 0; i--) {
        const struct acre_frame *call = &calls.frames[i - 1];
        uint32_t function = function_of(frames, call);

        if (function == 0 || frames->count == UINT32_MAX)
            return false;
        put_number(frames->base, ++frames->count);
        put_reference(frames->base, parent);
        put_reference(frames->base, told->module);
        put_number(frames->base, told->offset);
        put_number(frames->base, function);
        put_reference(frames->base, call->line);
        put_number(frames->base, call->is_inlined);
        put_row(frames->base);
        parent = (uint32_t)frames->count;
    }
    frames->innermost[frame - 1] = parent;
    return frames->base->is_good && frames->functions.is_good;
}

static bool put_frames(struct frames *frames)
{
    struct base *base = frames->base;
    bool is_put = true;

    begin_table(base, "INSERT INTO frame VALUES (?,?,?,?,?,?,?)");
    frames->functions = (struct base){.base = base->base, .is_good = true};
    begin_table(&frames->functions, "INSERT INTO function VALUES (?,?,?)");
    for (uint32_t frame = 1; is_put && frame <= frames->what->profile->frames.count; frame++)
        if (frames->innermost[frame - 1] != 0)
            is_put = put_frame(frames, frame);
    end_table(&frames->functions);
    end_table(base);
    return is_put;
}

static void put_sites(const struct frames *frames)
{
    const struct acre_profile *profile = frames->what->profile;
    struct base *base = frames->base;

    begin_table(base, "INSERT INTO site VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    for (size_t i = 0; i < profile->site_count && base->is_good; i++) {
        const struct acre_profile_figures *f = &profile->sites[i].figures;
        uint32_t stack = profile->sites[i].stack;
        const uint64_t numbers[] = {
            f->blocks,       f->bytes,       f->resizes,    f->freed,       f->live_blocks,
            f->live_bytes,   f->most_blocks, f->most_bytes, f->peak_blocks, f->peak_bytes,
            f->short_blocks, f->short_bytes, f->life_ns,    f->waste_bytes, f->peak_waste_bytes,
            f->other_thread, f->inherited,
        };

        put_number(base, i + 1);
        put_reference(base, stack != 0 ? frames->innermost[stack - 1] : 0);
        for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++)
            put_number(base, numbers[n]);
        put_row(base);
    }
    end_table(base);
}

static bool put_stacks(struct base *base, const struct acre_exported *what)
{
    struct frames frames = {.base = base, .what = what};
    bool is_put = false;

    frames.innermost = acre_marks_make(what->memory, what->profile);
    if (frames.innermost == NULL)
        return false;
    acre_words_init(&frames.words, what->memory);
    is_put = put_frames(&frames);
    if (is_put)
        put_sites(&frames);
    acre_words_fini(&frames.words);
    acre_marks_free(what->memory, what->profile, frames.innermost);
    return is_put && base->is_good;
}

/* The whole -------------------------------------------------------------------------------------
 */

static bool fill(struct base *base, const struct acre_exported *what)
{
    struct acre_text text, other;
    bool is_put;

    acre_text_init(&text, what->memory);
    acre_text_init(&other, what->memory);
    execute(base, "BEGIN");
    execute(base, schema);
    put_process(base, what, &text, &other);
    put_modules(base, &what->profile->modules, &text, &other);
    put_points(base, what->profile);
    put_threads(base, what->profile);
    put_sizes(base, what->profile);
    is_put = put_stacks(base, what);
    execute(base, "COMMIT");
    acre_text_fini(&text);
    acre_text_fini(&other);
    return is_put && base->is_good;
}

static bool write(sqlite3 *base, FILE *stream)
{
    sqlite3_int64 bytes;
    unsigned char *whole = sqlite3_serialize(base, "main", &bytes, 0);

    if (whole == NULL)
        return false;
    fwrite(whole, 1, (size_t)bytes, stream);
    sqlite3_free(whole);
    return ferror(stream) == 0;
}

bool acre_put_sqlite(const struct acre_exported *what, FILE *stream)
{
    struct base base = {.is_good = true};
    bool is_put;

    base.is_good = sqlite3_open(":memory:", &base.base) == SQLITE_OK;
    is_put = fill(&base, what) && write(base.base, stream);
    sqlite3_close(base.base);
    return is_put;
}
