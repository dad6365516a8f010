/* The seed's 17.2: a -> b -> c dies from the front when the names go. */
#include "example.h"

int main(void)
{
    struct example example;
    struct obj *a, *b, *c;

    if (!example_open(&example))
        return 1;
    a = example_new(&example, "a");
    b = example_new(&example, "b");
    c = example_new(&example, "c");
    if (a == NULL || b == NULL || c == NULL)
        return 1;
    example_link(&example, a, b);
    example_link(&example, b, c);
    printf("counts %u %u %u\n", acre_strong_count(&a->object), acre_strong_count(&b->object),
           acre_strong_count(&c->object));
    acre_unref(example.engine, &a);
    acre_unref(example.engine, &b);
    acre_unref(example.engine, &c);
    printf("alive: %llu\n", (unsigned long long)acre_live_objects(example.engine));
    return example_close(&example);
}
