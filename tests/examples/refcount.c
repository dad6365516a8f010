/* The seed's 17.2: a count goes 1, 2, 1, 0 through a call. */
#include "example.h"

static void f(struct acre_engine *engine, struct obj *x)
{
    acre_ref(engine, &x->object);
    printf("inside f: %u\n", acre_strong_count(&x->object));
    acre_unref(engine, &x);
}

int main(void)
{
    struct example example;
    struct obj *a;

    if (!example_open(&example) || (a = example_new(&example, "a")) == NULL)
        return 1;
    printf("a = obj(): %u\n", acre_strong_count(&a->object));
    f(example.engine, a);
    printf("after f: %u\n", acre_strong_count(&a->object));
    acre_unref(example.engine, &a);
    printf("a = None: %u\n", a == NULL ? 0 : acre_strong_count(&a->object));
    return example_close(&example);
}
