/* What is wrong with a file that is no run is named, with its place. */
#include "tests/support/mtest.h"

#include "report/run.h"
#include "tests/report/files.h"
#include "tests/report/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

MTest(run, what_is_wrong_is_named)
{
    static const struct {
        const char *from, *to, *error;
    } edits[] = {
        {"\"acre-run\"", "\"acre-ruin\"", "not a run: no \"schema\": \"acre-run\""},
        {"\"version\": 7", "\"version\": 1",
         "version: a run of version 1, this program reads versions 2 to 7: an older acre wrote it"},
        {"\"version\": 7", "\"version\": 8",
         "version: a run of version 8, this program reads versions 2 to 7: a newer acre wrote it"},
        {"\"version\": 7", "\"version\": \"7\"", "version: expected a whole number, found a str"},
        {"\"version\": 7,", "", "top level: no \"version\""},
        {"\"version\": 7", "\"version\": 3", "top level: no \"workload\""},
        {"\"version\": 7", "\"version\": 2, \"workload\": \"cycles\"", "top level: no \"unit\""},
        {"\"version\": 7", "\"version\": 3, \"workload\": 1, \"unit\": \"\"",
         "workload: expected a string, found a whole number"},
        {"\"version\": 7", "\"version\": 3, \"workload\": \"cycles\", \"unit\": null",
         "unit: expected a string, found null"},
        {"\"workload\"", "\"work\"", "left_out[0]: no \"workload\""},
        {"\"unit\"", "\"units\"", "cells[0].key: no \"unit\""},
        {"\"peak_call\": 57,", "", "cells[0].recorded: no \"peak_call\""},
        {"\"deaths\": [", "\"debts\": [", "cells[0].recorded: no \"deaths\""},
        {"\"deaths\": [", "\"deaths\": 3, \"x\": [",
         "cells[0].recorded.deaths: expected an array of objects, found a whole number"},
        {"\"size_bucket\": 17", "\"size\": 17", "cells[0].recorded.deaths[2]: no \"size_bucket\""},
        {"\"size_bucket\": 17", "\"size_bucket\": 65",
         "cells[0].recorded.deaths[2]: buckets are numbered from 0 to 64"},
        {"\"lifetime_bucket\": 3", "\"lifetime_bucket\": 9223372036854775807",
         "cells[0].recorded.deaths[0]: buckets are numbered from 0 to 64"},
        {"\"lifetime_bucket\": 3", "\"lifetime_bucket\": 65",
         "cells[0].recorded.deaths[0]: buckets are numbered from 0 to 64"},
        {"\"size_bucket\": 17", "\"size_bucket\": 5",
         "cells[0].recorded.deaths[2]: not in the order of sizes, then lifetimes, each once"},
        {"\"size_bucket\": 17", "\"size_bucket\": 6",
         "cells[0].recorded.deaths[2]: not in the order of sizes, then lifetimes, each once"},
        {"\"lifetime_bucket\": 64", "\"lifetime_bucket\": 2",
         "cells[0].recorded.deaths[1]: not in the order of sizes, then lifetimes, each once"},
        {"\"blocks\": 60", "\"blocks\": 0",
         "cells[0].recorded.deaths[0]: 0 blocks: what is empty is left out"},
        {"\"blocks\": 60", "\"blocks\": -60",
         "cells[0].recorded.deaths[0].blocks: -60 is negative"},
        {"\"blocks\": 60", "\"blocks\": 61",
         "cells[0].recorded.deaths[0]: more blocks than lifetime_histogram[3] has"},
        {"\"blocks\": 3", "\"blocks\": 4",
         "cells[0].recorded.deaths[2]: more blocks than lifetime_histogram[64] has"},
        {"\"blocks\": 60", "\"blocks\": 59",
         "cells[0].recorded.deaths: fewer blocks than lifetime_histogram[3] has"},
        {"\"waste\": {", "\"paste\": {", "cells[0]: no \"waste\""},
        {"\"waste\": {", "\"waste\": 1, \"paste\": {",
         "cells[0].waste: expected an object, found a whole number"},
        {"\"drained\": {", "\"paste\": {", "cells[0].waste: no \"drained\""},
        {"\"kept_free\": {", "\"paste\": {", "cells[0].waste.peak: no \"kept_free\""},
        {"\"bytes\": 1024", "\"bytes\": -1024",
         "cells[0].waste.peak.rounding.bytes: -1024 is negative"},
        {"\"bytes\": 1024", "\"bytes\": 1e3",
         "cells[0].waste.peak.rounding.bytes: expected a whole number, found a number wi"},
        {"\"source\": \"not", "\"source\": 0, \"x\": \"not",
         "cells[0].waste.peak.slack.source: expected a string, found a whole number"},
        {"\"number\": 17", "\"number\": null",
         "cells[0].waste.peak.figures[0].number: expected a whole number, found null"},
        {"\"memory\": {", "\"melody\": {", "cells[0]: no \"memory\""},
        {"\"later\": {", "\"latter\": {", "cells[0].memory: no \"later\""},
        {"\"looks\": 1", "\"looks\": -1", "cells[0].memory.timeline[0].looks: -1 is negative"},
        {"\"peak_iteration\": 2", "\"peak_iteration\": null",
         "cells[0].memory.peak_iteration: expected a whole number, found null"},
        {"\"pauses\": {", "\"causes\": {", "cells[0]: no \"pauses\""},
        {"500000.0", "0.0", "cells[0].pauses.max_ns[0]: 0 must be above 0"},
        {"2500.0,", "2500.0, 2500.0,",
         "cells[0].pauses.count: 3 values where ns_per_iteration has 2"},
        {"\"rounds\": 2", "\"rounds\": -2", "rounds: -2 is negative"},
        {"\"rounds\": 2", "\"rounds\": 2.5", "rounds: expected a whole number, found a number wi"},
        {"\"rounds\": 2", "\"rounds\": 9223372036854775808", "too big integer"},
        {"\"rounds\": 2", "\"rounds\": 1e999", "real number overflow"},
        {"\"rounds\": 2", "\"rounds\": NaN", "not JSON: invalid token"},
        {"\"rounds\": 2", "\"rounds\": 2, \"rounds\": 2", "duplicate object key"},
        {"\"rounds\": 2,", "", "top level: no \"rounds\""},
        {"\"18446744073709551615\"", "\"18446744073709551616\"", "seed: is above 2^64 - 1"},
        {"\"18446744073709551615\"", "\"-1\"", "seed: expected a string of decimal digits"},
        {"\"18446744073709551615\"", "17", "seed: expected a string of decimal digits, found a"},
        {"\"allocations\": 101", "\"allocations\": null",
         "cells[0].recorded.allocations: expected a whole number, found null"},
        {"\"allocations\": 41", "\"allocations\": -41",
         "cells[0].recorded.purposes[1].allocations: -41 is negative"},
        {"\"name\": \"backward\"", "\"name\": 1",
         "cells[0].key.parameters[2].name: expected a string, found a whole number"},
        {"\"parameters\": [", "\"parameters\": 3, \"x\": [",
         "cells[0].key.parameters: expected an array of objects, found a whole number"},
        {"\"units_per_iteration\": 0", "\"units_per_iteration\": -1",
         "cells[0].units_per_iteration: -1 is negative"},
        {"\"lifetime\": \"region\"", "\"lifetime\": {}",
         "cells[1].key.lifetime: expected a string, found an object"},
        {"4651.0000000000009", "-4651", "cells[0].ns_per_iteration[1]: -4651 must be above 0"},
        {"4651.0000000000009", "0", "cells[0].ns_per_iteration[1]: 0 must be above 0"},
        {"4651.0000000000009", "\"4651\"",
         "cells[0].ns_per_iteration[1]: expected a number, found a string"},
        {"4651.0000000000009", "4651, 4652",
         "cells[0].limit_ns_per_iteration: 2 values where ns_per_iteration has 3"},
        {"812.0", "812.0, 813.0", "cells[0].cold_faults: 2 values where cold_ns has 1"},
        {"\"cold_faults\": [", "\"cold_faults\": 7, \"x\": [",
         "cells[0].cold_faults: expected an array of numbers"},
        {"\"duration_seconds\": 0", "\"duration_seconds\": -0", "duration_seconds: -0.1 must not"},
        {"\"size_histogram\": [",
         "\"size_histogram\": [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
         "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,",
         "cells[0].recorded.size_histogram: 79 buckets, there are at most 65"},
        {"\"cells\": [", "\"cells\": {}, \"x\": [", "cells: expected an array of objects, found"},
        {"\"cells\": [", "\"cells\": [3, ", "cells[0]: expected an object, found a whole number"},
        {"\"malloc\",\n    \"lifetime\": \"weak\"", "\"arena\",\n    \"lifetime\": \"region\"",
         "cells[1]: the same cell as cells[0] (arena/region)"},
        {"\"workload\"", "\"work\\u0000load\"", "not JSON: NUL byte in object key"},
        {"\"workload\"", "\"work\001load\"", "not JSON: control character 0x1"},
        {"\"workload\"", "\"work\xff\"", "not JSON: unable to decode byte 0xff"},
    };
    static const struct {
        const char *text, *error;
    } others[] = {
        {"", "not a run: the file is empty"}, {"[]", "not a run: no \"schema\""},
        {"{}", "not a run: no \"schema\""},   {"{\"schema\": 1}", "not a run: no \"schema\""},
        {"3", "line 1, column 1: not JSON"},  {"\x1b[2J{", "line 1, column 1: not JSON"},
    };
    struct acre_run run, back;
    sample_small(&run);
    size_t bytes;
    char *text = text_of(&run, &bytes), error[256];
    struct memory_file file = memory_file();
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        char *changed = edited(text, edits[i].from, edits[i].to);
        put_bytes(&file, changed, strlen(changed));
        cr_assert_not(acre_run_read(&back, file.path, error, sizeof error), "%s", edits[i].to);
        cr_expect(strstr(error, edits[i].error), "wanted '%s', got '%s'", edits[i].error, error);
        is_one_line(error);
        free(changed);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        put_bytes(&file, others[i].text, strlen(others[i].text));
        cr_assert_not(acre_run_read(&back, file.path, error, sizeof error), "%s", others[i].text);
        cr_expect(strstr(error, others[i].error), "wanted '%s', got '%s'", others[i].error, error);
        is_one_line(error);
    }
    /* What versions 2 and 3 had not is not looked for in them. */
    char *third = edited(text, "\"version\": 7",
                         "\"version\": 3, \"workload\": \"cycles\", \"unit\": \"node\"");
    put_bytes(&file, third, strlen(third));
    cr_assert(acre_run_read(&back, file.path, error, sizeof error), "%s", error);
    cr_assert(back.cells[0].has_waste && !back.cells[0].has_memory && !back.cells[0].has_pauses);
    acre_run_free(&back);
    char *older = edited(text, "\"version\": 7",
                         "\"version\": 2, \"workload\": \"cycles\", \"unit\": \"node\"");
    char *without_call = edited(older, "\"peak_call\": 57,", "");
    char *second = edited(without_call, "\"waste\": {", "\"paste\": {");
    put_bytes(&file, second, strlen(second));
    cr_assert(acre_run_read(&back, file.path, error, sizeof error), "%s", error);
    cr_assert(!back.cells[0].has_waste && !back.cells[0].recorded.has_peak_call);
    cr_assert_eq(back.time_budget_seconds, 0.0);
    cr_assert_eq(back.cells[0].recorded.peak_blocks, 22);
    acre_run_free(&back);
    free(third);
    free(second);
    free(without_call);
    free(older);
    /* Unknown keys are ignored; deep nesting is an error, not a stack overflow. */
    char *changed = edited(text, "\"rounds\": 2", "\"rounds\": 2, \"new in some future\": [{}]");
    put_bytes(&file, changed, strlen(changed));
    cr_assert(acre_run_read(&back, file.path, error, sizeof error), "%s", error);
    acre_run_free(&back);
    free(changed);
    char *deep = malloc(1000000);
    cr_assert(deep);
    memset(deep, '[', 1000000);
    put_bytes(&file, deep, 1000000);
    cr_assert_not(acre_run_read(&back, file.path, error, sizeof error));
    cr_expect(strstr(error, "maximum parsing depth"), "%s", error);
    free(deep);
    /* An error that does not fit is cut, not written beyond its room. */
    put_bytes(&file, "[]", 2);
    char tiny[8] = "1234567";
    cr_assert_not(acre_run_read(&back, file.path, tiny, 4));
    cr_expect(memcmp(tiny,
                     "/pr\0"
                     "567",
                     7) == 0);
    free(text);
    close(file.descriptor);
    acre_run_free(&run);
    rmdir(directory);
}

/* What an older version had not is not looked for; the workload of its run is that of each cell. */
