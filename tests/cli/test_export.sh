#!/bin/sh
# acre report --export: a run for other programs, and back.
. "$ACRE_TESTS/cli/lib.sh"

run=$tap_work/run.json exported=$tap_work/exported

expect_out 0 '' -- "$SQUARE_CHAIN" --elements 100 --iterations 2 --rounds 10 --fill reuse \
    --backends malloc,arena --lifetimes weak,region --quiet --json "$run"

expect_out 0 '^BenchmarkSquare-chain/backend=malloc/lifetime=weak/elements=100/.* ns/op' -- \
    "$ACRE" report --export benchstat "$run"
expect_out 0 '^workload,backend,lifetime,parameters,round,ns_per_iteration' -- \
    "$ACRE" report --export csv "$run"
check 'a row a round, and the head' test "$(tap_lines "$out")" -eq 21
expect_out 0 '' -- "$ACRE" report --export google-benchmark --output "$exported" "$run"
check 'what is written to a file is not printed' test ! -s "$out"
if command -v python3 >/dev/null; then
    check 'it is JSON' python3 -m json.tool "$exported" /dev/null
fi

# Read as a run: alone, against another, against where it comes from.
expect_out 0 'format google-benchmark' -- "$ACRE" report "$exported"
check 'it is not said to be ours' grep -Eq '^  measured  .*, 10 rounds, Google Benchmark' "$out"
expect_out 0 '2 no difference shown\. Nothing exact was recorded in both\.$' -- \
    "$ACRE" compare "$exported" "$exported"
expect_out 0 '2 no difference shown\.' -- "$ACRE" compare "$run" "$exported"
expect_out 0 '  B1  .* Google Benchmark ' -- \
    "$ACRE" compare --before "$run" "$run" --after "$exported" "$run"

# One of Google Benchmark's own: names are what they are.
cat >"$tap_work/own.json" <<'END'
{"context": {"date": "2026-01-01T00:00:00+00:00", "host_name": "h", "num_cpus": 2,
  "library_build_type": "release"},
 "benchmarks": [
  {"name": "BM_Set/8", "run_name": "BM_Set/8", "run_type": "iteration", "repetitions": 2,
   "repetition_index": 0, "threads": 1, "iterations": 100, "real_time": 10.5, "cpu_time": 10.4,
   "time_unit": "us"},
  {"name": "BM_Set/8", "run_name": "BM_Set/8", "run_type": "iteration", "repetitions": 2,
   "repetition_index": 1, "threads": 1, "iterations": 100, "real_time": 10.7, "cpu_time": 10.6,
   "time_unit": "us"},
  {"name": "BM_Set/8_mean", "run_name": "BM_Set/8", "run_type": "aggregate", "real_time": 10.6,
   "cpu_time": 10.5, "time_unit": "us"}]}
END
expect_out 0 '^  BM_Set/8 .* 1\.000 +too few \(8\)' -- \
    "$ACRE" compare "$tap_work/own.json" "$tap_work/own.json"
expect 5 'the runs have no cell in common: B has BM_Set/8 of google-benchmark$' -- \
    "$ACRE" compare "$run" "$tap_work/own.json"

expect 2 "--export: there are benchstat, csv and google-benchmark, no 'xml'" -- \
    "$ACRE" report --export xml "$run"
expect 2 'needs a value' -- "$ACRE" report "$run" --export
expect 2 '--export takes one run, ' -- "$ACRE" report --export csv "$run" "$run"
expect 2 "--output: 'x' is no name that ends with .html, and --export is not given" -- "$ACRE" report --output x "$run"
expect 4 'cannot write /no/such/file: No such file' -- \
    "$ACRE" report --export csv --output /no/such/file "$run"
expect 4 'cannot read /no/such: No such file' -- "$ACRE" report --export csv /no/such
for format in benchstat csv google-benchmark; do
    expect 4 'cannot write /dev/full: No space left' -- \
        "$ACRE" report --export $format --output /dev/full "$run"
done
done_testing
