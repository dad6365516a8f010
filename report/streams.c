#include "report/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/*
 * A file that is opened while 0, 1 or 2 is closed would become standard input, output or error.
 * Opened for reading only: writing to what the user closed stays an error.
 */
static void occupy_standard_streams(void)
{
    int file = open("/dev/null", O_RDONLY);
    while (file >= 0 && file <= STDERR_FILENO)
        file = dup(file);
    if (file > STDERR_FILENO)
        close(file);
}

static void (*former_pipe)(int), (*former_file_size)(int);

void acre_streams_prepare(void)
{
    occupy_standard_streams();
    former_pipe = signal(SIGPIPE, SIG_IGN);
    former_file_size = signal(SIGXFSZ, SIG_IGN);
}

void acre_streams_give_back(void)
{
    signal(SIGPIPE, former_pipe);
    signal(SIGXFSZ, former_file_size);
}

enum acre_exit acre_complain(const char *program, enum acre_exit status, const char *sentence)
{
    fprintf(stderr, "%s: ", program);
    for (const char *at = sentence; *at != '\0'; at++)
        putc((unsigned char)*at < ' ' || *at == 127 ? '?' : *at, stderr);
    putc('\n', stderr);
    return status;
}

enum acre_exit acre_output_failed(const char *program, int cause)
{
    fprintf(stderr, "%s: cannot write standard output: %s\n", program, strerror(cause));
    return ACRE_EXIT_IO;
}

enum acre_exit acre_print_failed(const char *program, int cause)
{
    return cause == ENOMEM ? acre_complain(program, ACRE_EXIT_MEMORY, "out of memory")
                           : acre_output_failed(program, cause);
}

enum acre_exit acre_output_end(const char *program)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return ACRE_EXIT_OK;
    /* What failed before this flush has left no cause behind. */
    return acre_output_failed(program, errno != 0 ? errno : EIO);
}

/* The locale itself is left alone: it would change the decimal point. */
static bool locale_is_utf8(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *locale = getenv(variables[i]);
        if (locale && *locale)
            return strcasestr(locale, "utf-8") || strcasestr(locale, "utf8");
    }
    return false;
}

struct acre_terminal acre_terminal_of(int descriptor)
{
    const char *no_color = getenv("NO_COLOR");
    struct winsize size;
    struct acre_terminal terminal = {0};
    if (!isatty(descriptor))
        return terminal;
    terminal.color = !no_color || *no_color == '\0';
    terminal.unicode = locale_is_utf8();
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0)
        terminal.width = size.ws_col;
    return terminal;
}
