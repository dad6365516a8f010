/*
 * A fuzz target: acre_fuzz_one is called with bytes, many times in a process, and must come back.
 * With libFuzzer (clang, -Dfuzz=enabled) it makes them; without, replay.c gives it the files of a
 * corpus, which is an ordinary test.
 */
#ifndef ACRE_TESTS_FUZZ_TARGET_H
#define ACRE_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's name for it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

/* A path behind which the bytes stand, until the next call. NULL: the system refuses. */
const char *acre_fuzz_file(const uint8_t *bytes, size_t count);

/* Ends the process, which is how a target says that a promise was broken. */
_Noreturn void acre_fuzz_broken(const char *promise);

/* A sentence is one line of printable text, and there is one. */
void acre_fuzz_check_sentence(const char *sentence);

#endif
