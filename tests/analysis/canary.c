/* One defect that each analyser must name; compiled by nobody else. */
#include <stdlib.h>

void acre_canary_double_free(void);

void acre_canary_double_free(void)
{
    char *block = malloc(16);

    free(block);
    free(block);
}
