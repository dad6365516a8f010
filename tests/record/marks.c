/* Marks what it does; as C and as C++. */
#include <acre/mark.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    for (uint64_t request = 0; request < 10; request++) {
        acre_mark_scope_begin("request", request);
        acre_mark_purpose(request % 2 == 0 ? "data" : "reply");
        for (uint64_t element = 0; element < 3; element++) {
            acre_mark_scope_begin("element", element);
            free(malloc(100));
            acre_mark_scope_end("element");
        }
        acre_mark_purpose(NULL);
        acre_mark_region_reset("scratch");
        acre_mark_scope_end("request");
    }
    puts("done");
    return 0;
}
