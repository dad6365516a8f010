/* speedscope's JSON, read again: nothing is lost. */
#include "export/written.h"
#include "support/mtest.h"

/* Root first, and the sums of all that can be summed. */
static void speedscope_is_sound(const json_t *root, const struct made_profile *made)
{
    const json_t *frames = json_object_get(json_object_get(root, "shared"), "frames");
    const json_t *profile;
    size_t index;

    json_array_foreach(json_object_get(root, "profiles"), index, profile)
    {
        const json_t *samples = json_object_get(profile, "samples"), *sample;
        const json_t *weights = json_object_get(profile, "weights");
        uint64_t sum = 0;
        size_t i, depth;

        cr_assert_eq(json_array_size(samples), json_array_size(weights));
        json_array_foreach(samples, i, sample)
        {
            const json_t *frame;

            sum += (uint64_t)json_integer_value(json_array_get(weights, i));
            json_array_foreach(sample, depth, frame) cr_assert(
                json_is_object(json_array_get(frames, (size_t)json_integer_value(frame))));
        }
        cr_assert_eq(sum, number_in(profile, "endValue"));
        cr_assert_eq(sum, made_total(made, (enum acre_export_metric)index));
        cr_assert_str_eq(json_string_value(json_object_get(profile, "unit")),
                         index == ACRE_EXPORT_CALLS ? "none" : "bytes");
    }
}

MTest(export_formats, speedscope)
{
    for (const char *const *name = made_names; *name != NULL; name++) {
        struct made_profile *made = made_profile(*name);
        json_t *root = written_json("speedscope", made);

        cr_assert_eq(json_array_size(json_object_get(root, "profiles")), ACRE_EXPORT_METRICS);
        speedscope_is_sound(root, made);
        json_decref(root);
        made->profile.state = ACRE_TRACE_INCOMPLETE; /* nothing is said of leaks */
        root = written_json("speedscope", made);
        cr_assert_eq(json_array_size(json_object_get(root, "profiles")), ACRE_EXPORT_LEAKED);
        speedscope_is_sound(root, made);
        json_decref(root);
        made_free(made);
    }
}

MTest(export_formats, speedscope_frames)
{
    struct made_profile *made = made_profile("small");
    json_t *root = written_json("speedscope", made);
    const json_t *frames = json_object_get(json_object_get(root, "shared"), "frames");
    const json_t *samples =
        json_object_get(json_array_get(json_object_get(root, "profiles"), 0), "samples");
    const json_t *first = json_array_get(frames, 0);

    cr_assert_str_eq(json_string_value(json_object_get(first, "name")), "main");
    cr_assert_str_eq(json_string_value(json_object_get(first, "file")), "/src/app.c");
    cr_assert_eq(json_array_size(json_array_get(samples, 2)), 4);
    cr_assert_eq(json_integer_value(json_array_get(json_array_get(samples, 2), 0)), 0);
    /* node_new of one file is one function, from wherever it is called. */
    cr_assert_eq(json_array_size(frames), 5);
    json_decref(root);
    made_free(made);
}
