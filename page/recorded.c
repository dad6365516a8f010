#include "page/recorded.h"

#include <stdio.h>
#include <string.h>

#include "alloc/grow.h"
#include "page/maker.h"
#include "page/recorded_parts.h"
#include "report/info_parts.h"

static bool say_sentence(const struct acre_page *page, const void *context)
{
    return acre_info_print_sentence(context, page);
}

static void put_sentence(struct acre_maker *maker, json_t *model, const struct acre_info *info)
{
    const struct acre_said said = {say_sentence, info};
    json_t *lines = acre_paragraphs(maker, &said);
    json_t *sentence = json_array_get(lines, 0);

    acre_put(maker, model, "answer", json_incref(sentence));
    json_decref(lines);
}

static void put_title(struct acre_maker *maker, json_t *model, const struct acre_info *info)
{
    const char *started = acre_info_field(info, "started");
    char title[256];

    snprintf(title, sizeof title, "%.160s, recorded%s%.64s", acre_info_program(info),
             started[0] != '\0' ? " " : "", started);
    acre_put_text(maker, model, "title", title);
}

/* As `acre info --json` names them. */
static json_t *total(struct acre_maker *maker, const struct acre_info *info)
{
    const struct acre_profile_figures *figures = &info->profile->total;
    json_t *object = json_object();

    acre_put(maker, object, "blocks", acre_recorded_count(figures->blocks));
    acre_put(maker, object, "bytes", acre_recorded_count(figures->bytes));
    acre_put(maker, object, "peak_blocks", acre_recorded_count(figures->peak_blocks));
    acre_put(maker, object, "peak_bytes", acre_recorded_count(figures->peak_bytes));
    acre_put(maker, object, "short_blocks", acre_recorded_count(figures->short_blocks));
    acre_put(maker, object, "calls", acre_recorded_count(info->profile->calls));
    acre_put(maker, object, "events", acre_recorded_count(info->profile->events));
    acre_put(maker, object, "lasted_ns",
             acre_recorded_count(info->profile->last_ns - info->profile->first_ns));
    return object;
}

/* Sites that leaked stand in the same order as all. False for want of memory. */
static bool copy_sites(struct acre_page_sites *copy, const struct acre_info *info)
{
    const struct acre_profile *profile = info->profile;
    size_t leaked = 0;

    copy->count = profile->site_count;
    if (copy->count == 0)
        return true;
    copy->sites =
        acre_allocate(info->memory, acre_layout_of_elements(copy->count, sizeof *copy->sites));
    if (copy->sites == NULL)
        return false;
    memcpy(copy->sites, profile->sites, copy->count * sizeof *copy->sites);
    for (size_t i = 0; i < copy->count; i++) {
        bool is_leak =
            leaked < info->leaks->count && info->leaks->sites[leaked].stack == copy->sites[i].stack;

        leaked += is_leak;
        if (!is_leak)
            copy->sites[i].figures.live_blocks = copy->sites[i].figures.live_bytes = 0;
    }
    return true;
}

static void put_places(struct acre_maker *maker, json_t *object, const struct acre_info *info)
{
    struct acre_page_sites sites = {0};
    struct acre_page_places places;

    if (!copy_sites(&sites, info)) {
        maker->failed = true;
        return;
    }
    acre_page_places_init(&places, maker, info->memory);
    acre_put(maker, object, "flame", acre_recorded_flame(&places, info, &sites));
    acre_put(maker, object, "sites", acre_recorded_sites(&places, info, &sites));
    acre_page_places_put(&places, object);
    acre_free_elements(info->memory, sites.sites, sites.count, sizeof *sites.sites);
}

json_t *acre_page_recorded_model(const struct acre_page_recording *recording)
{
    const struct acre_info *info = recording->info;
    struct acre_maker maker = {false};
    json_t *model = json_object(), *object = json_object();

    put_title(&maker, model, info);
    put_sentence(&maker, model, info);
    acre_put(&maker, object, "total", total(&maker, info));
    acre_put_flag(&maker, object, "knows_leaks", info->leaks->is_known);
    acre_put(&maker, object, "timeline", acre_recorded_timeline(&maker, info->profile));
    acre_put(&maker, object, "lives", acre_recorded_lives(&maker, info->profile));
    acre_put(&maker, object, "threads", acre_recorded_threads(&maker, info->profile));
    acre_put(&maker, object, "processes", acre_recorded_processes(&maker, recording));
    put_places(&maker, object, info);
    acre_put(&maker, object, "modules", acre_recorded_modules(&maker, info));
    acre_put(&maker, object, "facts", acre_recorded_facts(&maker, info));
    acre_put(&maker, model, "recorded", object);
    if (!maker.failed)
        return model;
    json_decref(model);
    return NULL;
}
