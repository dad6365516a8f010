/* Which formats and figures there are. What is written in a format is read again by its rules in
 * the file of that name: nothing is lost, and its figures are those of the profile. The formats'
 * own readers are tried by test_readers.sh. */
#include "support/mtest.h"

#include "export/formats.h"

MTest(export_formats, table)
{
    cr_assert_str_eq(acre_exporter_find("dhat")->extension, "dhat.json");
    cr_assert_null(acre_exporter_find("DHAT"));
    cr_assert_null(acre_exporter_find(""));
    for (int m = 0; m < ACRE_EXPORT_METRICS; m++) {
        enum acre_export_metric metric;

        cr_assert(acre_export_metric_from_name(acre_export_metric_name((enum acre_export_metric)m),
                                               &metric));
        cr_assert_eq((int)metric, m);
    }
}

MTest(export_formats, metrics)
{
    const struct acre_profile_figures figures = {
        .blocks = 10,
        .bytes = 1000,
        .resizes = 3,
        .live_bytes = 7,
        .peak_bytes = 600,
        .short_bytes = 50,
        .inherited = 4,
    };

    cr_assert_eq(acre_export_metric_of(&figures, ACRE_EXPORT_PEAK), 600);
    cr_assert_eq(acre_export_metric_of(&figures, ACRE_EXPORT_BYTES), 1000);
    cr_assert_eq(acre_export_metric_of(&figures, ACRE_EXPORT_CALLS), 9);
    cr_assert_eq(acre_export_metric_of(&figures, ACRE_EXPORT_SHORT), 50);
    cr_assert_eq(acre_export_metric_of(&figures, ACRE_EXPORT_LEAKED), 7);
}
