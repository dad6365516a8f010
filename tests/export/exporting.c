/*
 * exporting PROFILE DIRECTORY: writes a made profile in every format, as DIRECTORY/EXTENSION, and
 * its figures as DIRECTORY/facts.json, for those who look at it with the formats' own readers.
 */
#include "export/profiles.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put_facts(const struct acre_profile *profile, FILE *stream)
{
    const struct acre_profile_figures *total = &profile->total;

    fprintf(stream,
            "{\"bytes\": %" PRIu64 ", \"blocks\": %" PRIu64 ", \"calls\": %" PRIu64
            ", \"life_us\": %" PRIu64 ", \"peak_bytes\": %" PRIu64 ", \"peak_blocks\": %" PRIu64,
            total->bytes, total->blocks, acre_export_metric_of(total, ACRE_EXPORT_CALLS),
            total->life_ns / 1000, total->peak_bytes, total->peak_blocks);
    fprintf(stream,
            ", \"live_bytes\": %" PRIu64 ", \"live_blocks\": %" PRIu64 ", \"short_bytes\": %" PRIu64
            ", \"peak_extra_bytes\": %" PRIu64 ", \"sites\": %zu}\n",
            total->live_bytes, total->live_blocks, total->short_bytes, 8 * total->peak_blocks,
            profile->site_count);
}

int main(int argc, char **argv)
{
    char path[4096], error[512];
    struct made_profile *made = argc == 3 || argc == 4 ? made_profile(argv[1]) : NULL;
    enum acre_exit status = ACRE_EXIT_OK;
    FILE *facts;

    if (made == NULL)
        return ACRE_EXIT_USAGE;
    for (const struct acre_exporter *exporter = acre_exporters; exporter->name != NULL;
         exporter++) {
        if (argc == 4 && strcmp(argv[3], exporter->name) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", argv[2], exporter->extension);
        status = acre_exporter_write(exporter, &made->exported, path, error, sizeof error);
        if (status != ACRE_EXIT_OK) {
            fprintf(stderr, "exporting: %s\n", error);
            return status;
        }
    }
    snprintf(path, sizeof path, "%s/facts.json", argv[2]);
    facts = fopen(path, "w");
    if (facts != NULL)
        put_facts(&made->profile, facts);
    made_free(made);
    return facts != NULL && fclose(facts) == 0 ? ACRE_EXIT_OK : ACRE_EXIT_IO;
}
