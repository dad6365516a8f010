/*
 * --stats-dir: what libraries say of themselves, one file a cell and moment. The child writes into
 * memory that the parent made, so that a full disk is not met in the middle of an allocation.
 *
 *    DIR/007-arena_chunk_2M-region-peak.txt      cell 7 of the run's JSON
 */
#ifndef ACRE_BENCH_STATS_DIR_H
#define ACRE_BENCH_STATS_DIR_H

#include "bench/visit/waste.h"

/* Makes the directory unless it is there. False with a sentence: files cannot be written in it. */
bool acre_stats_dir_prepare(const char *directory, char *error, size_t error_bytes);

/* The reports of one visit while it runs. */
struct acre_stats_files {
    int files[ACRE_MOMENTS]; /* in memory; -1: none */
    char paths[ACRE_MOMENTS][32];
};

/* Makes the memory, for the child to open by its path. False with a sentence in `error`; to be
 * closed either way. */
bool acre_stats_files_open(struct acre_stats_files *files, char *error, size_t error_bytes);

/* Writes what is in it into the directory, as acre_file_write does. `cell` is number `index` of its
 * run; `suffix` says what the files are. False with a sentence. */
bool acre_stats_files_keep(const struct acre_stats_files *files, const char *directory,
                           const struct acre_cell *cell, size_t index, const char *suffix,
                           char *error, size_t error_bytes);

void acre_stats_files_close(struct acre_stats_files *files);

#endif
