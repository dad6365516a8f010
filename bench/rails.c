#include "bench/rails.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { AT, FOREVER, BUDGET, SETTINGS };

/* The number may stand alone: "17" is "at=17". */
static const struct acre_setting settings[SETTINGS] = {
    [AT] = {"at", ACRE_SETTING_NUMBER, 1, INT64_MAX, ""},
    [FOREVER] = {"forever", ACRE_SETTING_FLAG, 0, 0, ""},
    [BUDGET] = {"budget", ACRE_SETTING_BYTES, 1, INT64_MAX, ""},
};

bool acre_rails_have_fault(const struct acre_rails *rails)
{
    return rails->fail_at != 0 || rails->budget_bytes != 0;
}

bool acre_rails_are_up(const struct acre_rails *rails)
{
    return rails->guard_resets != 0 || acre_rails_have_fault(rails);
}

bool acre_rails_read_guard(const struct acre_refusal *refusal, const char *text,
                           struct acre_rails *rails)
{
    rails->guard_resets = ACRE_GUARD_RESETS;
    return text == NULL ||
           acre_read_number(refusal, "--guard", text, 1, 1000000, &rails->guard_resets);
}

bool acre_rails_read_fault(const struct acre_refusal *refusal, const char *text,
                           struct acre_rails *rails)
{
    struct acre_setting_value values[SETTINGS];
    char whole[128];
    char why[256];
    bool is_bare = text[0] >= '0' && text[0] <= '9';

    snprintf(whole, sizeof whole, "%s%s", is_bare ? "at=" : "", text);
    if (!acre_settings_read(settings, SETTINGS, whole, values, why, sizeof why))
        return acre_refuse(refusal, "--fault: %s", why);
    if (values[FOREVER].is_set && !values[AT].is_set)
        return acre_refuse(refusal, "--fault: forever from which allocation? as in 17,forever");
    rails->fail_at = (uint64_t)values[AT].number;
    rails->forever = values[FOREVER].is_set;
    rails->budget_bytes = (uint64_t)values[BUDGET].number;
    return true;
}

struct acre_rails_text acre_rails_text(const struct acre_rails *rails)
{
    struct acre_rails_text text = {"", ""};
    int used = 0;

    if (rails->guard_resets != 0)
        snprintf(text.guard, sizeof text.guard, "--guard=%" PRIu64, rails->guard_resets);
    if (acre_rails_have_fault(rails))
        used = snprintf(text.fault, sizeof text.fault, "--fault=");
    if (rails->fail_at != 0)
        used += snprintf(text.fault + used, sizeof text.fault - (size_t)used, "%" PRIu64 "%s",
                         rails->fail_at, rails->forever ? ",forever" : "");
    if (rails->budget_bytes != 0)
        snprintf(text.fault + used, sizeof text.fault - (size_t)used, "%sbudget=%" PRIu64,
                 rails->fail_at != 0 ? "," : "", rails->budget_bytes);
    return text;
}
