/* The seed's 17.3: a ring that nobody can reach keeps itself alive. A weak reference, which does
 * not count, finds it again at the end, so that this program leaves no memory behind. */
#include "example.h"

int main(void)
{
    struct example example;
    struct acre_weak weak;
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
    example_link(&example, c, a);
    printf("counts %u %u %u\n", acre_strong_count(&a->object), acre_strong_count(&b->object),
           acre_strong_count(&c->object));
    if (acre_weak_of(example.engine, &a->object, &weak) != ACRE_OK)
        return 1;
    acre_unref(example.engine, &a);
    acre_unref(example.engine, &b);
    acre_unref(example.engine, &c);
    printf("leaked: %llu\n", (unsigned long long)acre_live_objects(example.engine));

    a = (struct obj *)acre_weak_get(example.engine, weak);
    printf("the ring is cut behind a\n");
    example_link(&example, a, NULL);
    acre_unref(example.engine, &a);
    printf("alive: %llu\n", (unsigned long long)acre_live_objects(example.engine));
    return example_close(&example);
}
