/*
 * replay FILE...: gives a fuzz target each file of its corpus, and of each what a mistake on the
 * way may make of it: its first half, and itself with a byte changed in the middle.
 */
#include "fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>

static uint8_t *slurp(const char *path, size_t *count)
{
    FILE *stream = fopen(path, "rb");
    char *bytes = NULL;
    size_t room = 0;
    ssize_t got;

    if (stream == NULL) {
        perror(path);
        exit(1);
    }
    got = getdelim(&bytes, &room, EOF, stream);
    *count = got > 0 ? (size_t)got : 0;
    fclose(stream);
    return (uint8_t *)bytes;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("replay: the corpus is empty\n", stderr);
        return 1;
    }
    for (int i = 1; i < argc; i++) {
        size_t count;
        uint8_t *bytes = slurp(argv[i], &count);

        LLVMFuzzerTestOneInput(bytes, count);
        LLVMFuzzerTestOneInput(bytes, count / 2);
        if (count > 0)
            bytes[count / 2] ^= 0x55;
        LLVMFuzzerTestOneInput(bytes, count);
        free(bytes);
    }
    printf("figure: %d files replayed\n", argc - 1);
    return 0;
}
