#include "export/export.h"

#include <string.h>

#include "export/formats.h"
#include "report/write_file.h"

const struct acre_exporter acre_exporters[] = {
    {"collapsed", "collapsed.txt", "flame graphs: flamegraph.pl, inferno, speedscope", false,
     acre_put_collapsed},
    {"dhat", "dhat.json", "DHAT's viewer (dh_view.html of Valgrind), Firefox Profiler", false,
     acre_put_dhat},
    {"massif", "massif.out", "ms_print, massif-visualizer: memory over time", false,
     acre_put_massif},
    {"pprof", "pb.gz", "pprof, and what else reads its profiles", true, acre_put_pprof},
    {"speedscope", "speedscope.json", "speedscope.app: flame graphs, a profile for each figure",
     false, acre_put_speedscope},
    {"sqlite", "sqlite", "sqlite3: tables to ask", true, acre_put_sqlite},
    {0},
};

const struct acre_exporter *acre_exporter_find(const char *name)
{
    for (const struct acre_exporter *exporter = acre_exporters; exporter->name != NULL; exporter++)
        if (strcmp(name, exporter->name) == 0)
            return exporter;
    return NULL;
}

/* What is put, and whether memory was short meanwhile. */
struct work {
    const struct acre_exporter *exporter;
    const struct acre_exported *what;
    bool *is_short;
};

static bool put(const void *work_of, FILE *stream)
{
    const struct work *work = work_of;

    if (work->exporter->put(work->what, stream))
        return true;
    *work->is_short = ferror(stream) == 0;
    return false;
}

enum acre_exit acre_exporter_write(const struct acre_exporter *exporter,
                                   const struct acre_exported *what, const char *path, char *error,
                                   size_t error_bytes)
{
    bool is_short = false;
    const struct work work = {exporter, what, &is_short};
    const struct acre_content content = {put, &work};

    if (acre_file_write(&content, path, error, error_bytes))
        return ACRE_EXIT_OK;
    if (!is_short)
        return ACRE_EXIT_IO;
    snprintf(error, error_bytes, "out of memory");
    return ACRE_EXIT_MEMORY;
}
