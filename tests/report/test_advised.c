/* The verdict on what regions save. */
#include "tests/support/mtest.h"

#include "report/advised.h"

struct judged {
    struct acre_advice advice;
    struct acre_proof proofs[2];
    struct acre_advised_report report;
};

static struct acre_points points_between(double least, double most)
{
    double point = (least + most) / 2;

    return (struct acre_points){.point = point,
                                .has_interval = true,
                                .low = point,
                                .high = point,
                                .least = least,
                                .most = most};
}

/* A region in each of so many recordings, and much to gain. */
static void make_judged(struct judged *judged, size_t recordings)
{
    *judged = (struct judged){
        .advice = {.region_count = 1,
                   .recording_count = recordings,
                   .births = 100,
                   .known_births = 100},
    };
    judged->report.advice = &judged->advice;
    judged->report.proofs = judged->proofs;
    for (size_t i = 0; i < recordings; i++)
        judged->proofs[i] = (struct acre_proof){
            .is_run_told = true,
            .has_points = true,
            .gained = points_between(5, 9),
            .on_best = points_between(0.5, 4),
        };
}

static void expect_verdict(const struct judged *judged, enum acre_advice_verdict verdict)
{
    enum acre_advice_verdict told = acre_advice_verdict(&judged->report);

    cr_assert_eq(told, verdict, "%s, not %s", acre_advice_verdict_name(told),
                 acre_advice_verdict_name(verdict));
}

MTest(advised, a_verdict_is_given_where_all_agree)
{
    struct judged judged;

    make_judged(&judged, 2);
    expect_verdict(&judged, ACRE_ADVICE_WORTH_IT);
    judged.proofs[1].gained = points_between(1, 3);
    expect_verdict(&judged, ACRE_ADVICE_WORTH_IT);
    judged.proofs[1].gained = points_between(0.9, 3);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    judged.proofs[1].gained = points_between(-3, 0.9);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL); /* the other recording says it is */
    judged.proofs[0].gained = points_between(0, 0.99);
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
    make_judged(&judged, 1);
    judged.proofs[0].gained = points_between(0.5, 1);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
}

MTest(advised, what_a_better_allocator_gives_is_no_gain)
{
    struct judged judged;

    make_judged(&judged, 1);
    judged.proofs[0].on_best = points_between(-2, 0);
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
    judged.proofs[0].on_best = points_between(-2, 0.1);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    judged.proofs[0].on_best = points_between(0, 2);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    judged.proofs[0].on_best = points_between(0.1, 2);
    expect_verdict(&judged, ACRE_ADVICE_WORTH_IT);
}

/* What is recorded takes longer than what is not, and the calls are a smaller part of it. */
MTest(advised, a_run_that_was_not_told_may_be_shorter)
{
    struct judged judged;

    make_judged(&judged, 1);
    judged.proofs[0].is_run_told = false;
    expect_verdict(&judged, ACRE_ADVICE_WORTH_IT);
    judged.proofs[0].gained = points_between(0, 0.99);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    judged.proofs[0].gained = points_between(0, 0.25);
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    judged.proofs[0].gained = points_between(0, 0.24);
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
}

MTest(advised, what_is_not_known_cannot_be_told)
{
    struct judged judged;

    make_judged(&judged, 1);
    judged.report.proofs = NULL;
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    make_judged(&judged, 1);
    judged.proofs[0].has_points = false;
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    make_judged(&judged, 1);
    judged.proofs[0].gained.has_interval = false;
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    make_judged(&judged, 2);
    judged.proofs[1].on_best.has_interval = false;
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
}

MTest(advised, without_a_region_nothing_is_worth_it)
{
    struct judged judged;

    make_judged(&judged, 1);
    judged.advice.region_count = 0;
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
    judged.report.proofs = NULL;
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
    judged.advice.known_births = 50;
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
    judged.advice.known_births = 49; /* most of it was not looked at */
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
}

/* Of another program, or another build, nothing can be said. */
MTest(advised, strangers_say_nothing)
{
    struct judged judged;

    make_judged(&judged, 2);
    judged.advice.region_count = 0;
    judged.advice.programs[1].births = 1000;
    judged.advice.matched_births[1] = 100;
    expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
    judged.advice.matched_births[1] = 99;
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
    judged.advice.programs[1].births = 0;
    expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
}

MTest(advised, a_doubt_is_no_reason_against)
{
    struct judged judged;

    for (unsigned i = 0; acre_doubt_text(i) != NULL; i++) {
        make_judged(&judged, 1);
        judged.advice.region_count = 2;
        judged.advice.regions[1].doubts = 1u << i;
        cr_assert_eq(acre_advice_doubts(&judged.advice), 1u << i);
        expect_verdict(&judged, ACRE_ADVICE_CANNOT_TELL);
        judged.proofs[0].gained = points_between(-1, 0.5);
        expect_verdict(&judged, ACRE_ADVICE_NOT_WORTH_IT);
        cr_assert_eq(acre_doubt_text(i + 1) == NULL, 1u << i == ACRE_DOUBT_THREADS);
    }
    judged.advice.region_count = 1; /* of another choice */
    cr_assert_eq(acre_advice_doubts(&judged.advice), 0);
}
