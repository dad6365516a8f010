/* The sum of what tests/record/count.c has left in a directory. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    DIR *directory = argc == 2 ? opendir(argv[1]) : NULL;
    const struct dirent *entry;
    uint64_t sum = 0;

    if (directory == NULL)
        return 2;
    while ((entry = readdir(directory)) != NULL) {
        uint64_t counters[5];
        int file = openat(dirfd(directory), entry->d_name, O_RDONLY);

        if (file >= 0 && read(file, counters, sizeof counters) == sizeof counters)
            for (int i = 0; i < 5; i++)
                sum += counters[i];
        if (file >= 0)
            close(file);
    }
    closedir(directory);
    printf("%" PRIu64 "\n", sum);
    return 0;
}
