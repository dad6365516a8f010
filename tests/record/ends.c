/* A program that allocates a thousand blocks and ends in the way that its argument names. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCKS = 1000 };

static void *blocks[BLOCKS];

static void allocate(void)
{
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = malloc((size_t)i + 1);
        if (blocks[i] == NULL)
            abort();
        memset(blocks[i], 1, (size_t)i + 1);
    }
}

static void release(void)
{
    for (int i = 0; i < BLOCKS; i++)
        free(blocks[i]);
}

static void at_exit(void)
{
    allocate();
    release();
}

__attribute__((destructor)) static void at_unload(void)
{
    free(malloc(123));
}

static void wait_for_all(void)
{
    while (wait(NULL) > 0 || errno == EINTR)
        continue;
}

/* Children free what they have from their parent, and their own. */
static void fork_tree(int depth)
{
    allocate();
    for (int i = 0; i < 2 && depth > 0; i++)
        if (fork() == 0) {
            release();
            fork_tree(depth - 1);
            exit(0);
        }
    wait_for_all();
    release();
}

/* By itself: what a caller counts in a register may be lost when vfork comes back a second time. */
static void vfork_once(void)
{
    if (vfork() == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(127);
    }
}

static void vfork_many(void)
{
    for (int i = 0; i < 10; i++)
        vfork_once();
    wait_for_all();
}

/* Late: the destructor of a key runs when much of the thread is gone. */
static void free_late(void *block)
{
    free(block);
    free(malloc(77));
}

static pthread_key_t late;

static void *thread(void *argument)
{
    (void)argument;
    pthread_setspecific(late, malloc(55));
    for (int i = 0; i < 100; i++)
        free(malloc(32));
    return malloc(99);
}

/* More threads than any of them lives at a time. */
static void many_threads(void)
{
    pthread_key_create(&late, free_late);
    for (int round = 0; round < 50; round++) {
        pthread_t threads[8];

        for (int i = 0; i < 8; i++)
            if (pthread_create(&threads[i], NULL, thread, NULL) != 0)
                abort();
        for (int i = 0; i < 8; i++) {
            void *result;

            pthread_join(threads[i], &result);
            free(result);
        }
    }
}

/* What daemons do; the recorder has no descriptor that it could lose. */
static void close_everything(void)
{
    FILE *file;

    closefrom(3);
    file = fopen("/dev/null", "w");
    allocate();
    release();
    if (file != NULL)
        fclose(file);
}

static void load_and_unload(void)
{
    for (int i = 0; i < 20; i++) {
        void *library = dlopen("libm.so.6", RTLD_NOW);
        void *other = dlopen("libresolv.so.2", RTLD_NOW);

        free(malloc(64));
        if (other != NULL)
            dlclose(other);
        if (library != NULL)
            dlclose(library);
    }
}

static int end(const char *how)
{
    if (strcmp(how, "exit") == 0)
        exit(3);
    if (strcmp(how, "_exit") == 0)
        _exit(4);
    if (strcmp(how, "quick_exit") == 0)
        quick_exit(5);
    if (strcmp(how, "abort") == 0)
        abort();
    if (strcmp(how, "segv") == 0)
        raise(SIGSEGV);
    if (strcmp(how, "kill") == 0)
        kill(getpid(), SIGKILL);
    if (strcmp(how, "exec") == 0)
        execl("/bin/echo", "echo", "another program", (char *)NULL);
    if (strcmp(how, "fork") == 0)
        fork_tree(3);
    if (strcmp(how, "vfork") == 0)
        vfork_many();
    if (strcmp(how, "threads") == 0)
        many_threads();
    if (strcmp(how, "closefrom") == 0)
        close_everything();
    if (strcmp(how, "dlclose") == 0)
        load_and_unload();
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    atexit(at_exit);
    allocate();
    if (strcmp(argv[1], "return") == 0)
        return 6;
    return end(argv[1]);
}
