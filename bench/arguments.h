/* What the command lines of all benchmark binaries have in common. */
#ifndef ACRE_BENCH_ARGUMENTS_H
#define ACRE_BENCH_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the sentence goes that says what is wrong. */
struct acre_refusal {
    char *text;
    size_t bytes;
};

/* Writes the sentence, without the control characters that the user may have typed. Always false.
 */
bool acre_refuse(const struct acre_refusal *refusal, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* For what getopt_long answers: '?' or ':', and the word that it was about. */
bool acre_refuse_option(const struct acre_refusal *refusal, int option, const char *word);

bool acre_read_number(const struct acre_refusal *refusal, const char *option, const char *text,
                      uint64_t least, uint64_t most, uint64_t *number);

/* A number of bytes, with K, M or G behind it or none. */
bool acre_read_bytes(const struct acre_refusal *refusal, const char *option, const char *text,
                     uint64_t least, uint64_t most, uint64_t *bytes);

/*
 * A number that is not negative, in plain decimals ("3", "2.5"), at most nine digits on either side
 * of the point, which is one under every locale. False leaves *value alone; nothing is said.
 */
bool acre_read_decimal(const char *text, double *value);

/* A time: decimals with s, min, h or nothing (seconds) behind them, above 0 and at most a week. */
bool acre_read_seconds(const struct acre_refusal *refusal, const char *option, const char *text,
                       double *seconds);

/* One word of a comma-separated list, which moves behind it; false at its end. */
bool acre_next_word(const char **list, char *word, size_t word_bytes);

/* --rounds and --seed mean the same everywhere. */
bool acre_read_rounds(const struct acre_refusal *refusal, const char *text, uint64_t *rounds);
bool acre_read_seed(const struct acre_refusal *refusal, const char *text, uint64_t *seed);

#endif
