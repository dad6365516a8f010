#!/bin/sh
# Where the memory is: in the JSON, in wide tables, in a comparison; and the files of --stats-dir.
. "$ACRE_TESTS/cli/lib.sh"

work=$(mktemp -d)
run=$work/run.json dir=$work/reports
small='--rounds 1 --iterations 2 --elements 100 --fill reuse --lifetimes weak,region'

# shellcheck disable=SC2086 # options
expect_out 0 '' -- "$SQUARE_CHAIN" $small --backends malloc,jemalloc,tbbmalloc,arena --quiet \
    --json "$run" --stats-dir "$dir"
check 'four strategies have a stack at two moments' sh -c '
    test "$(grep -c "\"peak\": {" "$1")" -eq 4 && test "$(grep -c "\"figures\": \[" "$1")" -eq 8' \
    sh "$run"
check 'what is not told is null' sh -c '
    test "$(grep -A1 -E "\"(slack|bookkeeping|kept_free|held)\": \{" "$1" | grep -c null)" -eq 8' \
    sh "$run"
check 'the numbers of the libraries are there' grep -q '"name": "stats.active"' "$run"
check 'a file for each cell and moment, but for a library that says nothing' sh -c '
    test "$(ls "$1" | tr "\n" " ")" = "000-malloc-weak-drained.xml 000-malloc-weak-peak.xml \
001-jemalloc-weak-drained.json 001-jemalloc-weak-peak.json \
003-arena-region-drained.txt 003-arena-region-peak.txt "' sh "$dir"
check 'as it came' sh -c '
    grep -q "<malloc version" "$1/000-malloc-weak-peak.xml" &&
        grep -q "\"jemalloc\"" "$1/001-jemalloc-weak-drained.json" &&
        grep -q "^region 1: held " "$1/003-arena-region-peak.txt"' sh "$dir"

# shellcheck disable=SC2086
expect_out 0 '^  where it is +requested +rounding +slack +bookkeeping +kept free += held' -- \
    "$SQUARE_CHAIN" $small --backends tbbmalloc,arena --wide
check 'the unknown is shown as such' grep -Eq '^  tbbmalloc/weak .* \?  +\?  +\?  +\?  +\? ' "$out"
check 'what is known adds up' grep -Eq '^  arena/region .* 0  +[0-9.]+ KiB ' "$out"
expect_out 0 'Where the memory is at the peak: no term differs' -- "$ACRE" compare "$run" "$run"

# A run of the format before is compared, without what it had not.
sed -e 's/"version": 7/"version": 2, "workload": "square-chain", "unit": ""/' \
    -e '/"peak_call"/d' -e 's/"waste":/"paste":/' "$run" >"$work/old.json"
expect_out 0 'Exact counters equal\.$' -- "$ACRE" compare "$work/old.json" "$run"
check 'and says nothing of where the memory is' sh -c '! grep -q "Where the memory" "$1"' sh "$out"

# Names with slashes stay in the directory; nonsense is one line.
if [ -n "${PLAIN_MALLOC:-}" ]; then
    # shellcheck disable=SC2086
    expect_out 0 '' -- "$SQUARE_CHAIN" $small --backends "so:$PLAIN_MALLOC" --lifetimes weak \
        --quiet --json "$work/so.json" --stats-dir "$work/so"
    check 'nothing is told of a library that says nothing' grep -q '"source": "not told"' \
        "$work/so.json"
fi
# shellcheck disable=SC2086
expect 4 "^square-chain: cannot write $run/?.*: " -- "$SQUARE_CHAIN" $small --quiet --stats-dir "$run"
# shellcheck disable=SC2086
expect 4 "^square-chain: cannot write $work/no/where: No such file or directory\$" -- \
    "$SQUARE_CHAIN" $small --quiet --stats-dir "$work/no/where"
expect 2 '^square-chain: --stats-dir: the name is empty$' -- "$SQUARE_CHAIN" --stats-dir ''
for mode in --in-process '--draw -'; do
    # shellcheck disable=SC2086
    expect 2 '^square-chain: --stats-dir: nothing is recorded with' -- \
        "$SQUARE_CHAIN" $mode --stats-dir "$work"
done
mkdir "$work/full"
ln -s /dev/full "$work/full/000-malloc-weak-drained.xml"
# shellcheck disable=SC2086
expect 4 '^square-chain: cannot write .*/full/000-malloc-weak-drained.xml: No space left on device$' \
    -- "$SQUARE_CHAIN" $small --backends malloc --lifetimes weak --quiet --stats-dir "$work/full"
check 'the other is whole' grep -q '</malloc>' "$work/full/000-malloc-weak-peak.xml"
rm -rf "$work"
done_testing
