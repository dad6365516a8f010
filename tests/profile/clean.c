/* Frees all that it allocates, and uses what the C library keeps: whatever is left is no leak. */
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <libintl.h>
#include <locale.h>
#include <netdb.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void nothing(void)
{
}

static void *work(void *unused)
{
    char *text = strdup("of a thread");

    free(text);
    return unused;
}

static void use_files(void)
{
    FILE *file = tmpfile();
    char *line = NULL;
    size_t bytes = 0;

    if (file == NULL)
        return;
    fprintf(file, "%d\n", 42);
    rewind(file);
    if (getline(&line, &bytes, file) < 0)
        perror("getline");
    free(line);
    fclose(file);
}

static void use_library(void)
{
    const time_t now = time(NULL);
    char text[100];
    void *library = dlopen("libm.so.6", RTLD_NOW);

    setlocale(LC_ALL, "");
    bindtextdomain("acre", "/nonexistent");
    textdomain("acre");
    strftime(text, sizeof text, "%c %Z", localtime(&now));
    printf("%s %s\n", text, gettext("a text"));
    printf("%s %s\n", strerror(12345), getpwnam("root") != NULL ? "root" : "");
    printf("%d\n", getgrnam("root") != NULL && getservbyname("http", "tcp") != NULL);
    setenv("ACRE_CLEAN", text, 1);
    for (int i = 0; i < 100; i++)
        atexit(nothing);
    if (dlopen("/nonexistent.so", RTLD_NOW) == NULL)
        puts(dlerror());
    if (library != NULL)
        dlclose(library);
}

int main(void)
{
    void *blocks[100];
    pthread_t thread;

    for (size_t i = 0; i < 100; i++)
        blocks[i] = malloc(10 * i);
    use_files();
    use_library();
    if (pthread_create(&thread, NULL, work, NULL) == 0)
        pthread_join(thread, NULL);
    for (size_t i = 0; i < 100; i++)
        free(blocks[i]);
    return 0;
}
