/* The backend of buffer.c in use: the seed's loop, a region for each iteration. */
#include <stdio.h>

#include "alloc/backends.h"
#include "core/region.h"
#include "core/variable.h"

extern const struct acre_backend_kind acre_kind_buffer;

static enum acre_status iterate(struct acre_engine *e, uint32_t region)
{
    enum acre_status status = ACRE_OK;

    acre_region_enter(e, region);
    for (int i = 1; status == ACRE_OK && i <= 3; i++) {
        struct acre_variable *x = NULL;
        struct acre_variable *y = NULL;

        status = acre_assign(e, &x, acre_variable_of(e, i));
        if (status == ACRE_OK)
            status = acre_assign(e, &y, acre_square(e, acre_square(e, acre_square(e, x))));
        if (status == ACRE_OK)
            printf("x %d  y %.0f\n", i, y->data->elements[0]);
        else
            printf("%s\n", acre_error(e));
        acre_unref(e, &x);
        acre_unref(e, &y);
        if (acre_region_reset(e, region) != ACRE_OK)
            return ACRE_HELD;
    }
    return status;
}

static int run(const struct acre_setting_value *size)
{
    struct acre_backend backend = {.kind = &acre_kind_buffer, .name = "buffer"};
    struct acre_engine *e = NULL;
    uint32_t region;
    char why[256];
    int status = 1;

    if (!acre_kind_buffer.open(&backend, size, why, sizeof why)) {
        printf("%s\n", why);
        return 1;
    }
    if (acre_engine_new(&e, backend.pinned, NULL) == ACRE_OK &&
        acre_region_new(e, backend.regions[0], ACRE_REGION_BULK, "buffer", &region) == ACRE_OK)
        status = iterate(e, region) == ACRE_OK ? 0 : 1;
    acre_engine_destroy(e);
    for (size_t i = 0; i < ACRE_BACKEND_REGIONS; i++)
        acre_destroy(backend.regions[i]);
    acre_destroy(backend.pinned);
    acre_destroy(backend.pages);
    return status;
}

/* With room enough, and with room for less than one iteration. */
int main(void)
{
    const struct acre_setting_value usual = {0};
    const struct acre_setting_value small = {.is_set = true, .number = 256};

    return run(&usual) == 0 && run(&small) == 1 ? 0 : 1;
}
