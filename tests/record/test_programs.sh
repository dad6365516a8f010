#!/bin/sh
# Programs as they are: recorded whole, and they do not notice.
# shellcheck disable=SC2154 # of lib.sh
. "$ACRE_TESTS/record/lib.sh"

cd "$tap_work"
unset PYTHONHASHSEED
export PYTHONHASHSEED=0 PERL_HASH_SEED=0 HOME="$tap_work"

# program NAME COMMAND...: the same output as without, and each call in the trace.
program()
{
    name=$1
    shift
    if ! command -v "$1" >/dev/null; then
        skip "$name" "there is no $1"
        return
    fi
    plain=0
    "$@" >"$name-plain" 2>"$name-plain-err" </dev/null || plain=$?
    record "$name" --stacks fp -- "$@"
    is "$name: status" "$plain" "$status"
    check "$name: the same output" cmp "$name-plain" "$name.out"
    check "$name: the same errors" cmp "$name-plain-err" "$name.err"
    recorded_whole "$name"
    check "$name: there was something to record" [ "$(field 1 "$name")" -gt 50 ]
    record "$name" -- "$@"
    check "$name: the same output, unwound" cmp "$name-plain" "$name.out"
    is "$name: unknown, replaced, dropped, unwound" '0 0 0' "$(figures "$name" | cut -d ' ' -f 6,7,10)"
}

cat >script.py <<'PYTHON'
import json
data = [{"number": i, "text": ["x" * (i % 30)] * 3} for i in range(5000)]
print(len(json.dumps(json.loads(json.dumps(data)))))
PYTHON
cat >script.pl <<'PERL'
my %h; for my $i (1 .. 20000) { $h{"k$i"} = [$i, "x" x ($i % 50)]; }
delete $h{$_} for grep { /7/ } keys %h; print scalar(keys %h), "\n";
PERL
cat >script.sql <<'SQL'
create table t(a, b);
with recursive c(x) as (select 1 union all select x + 1 from c where x < 5000)
insert into t select x, hex(x) from c;
select a % 7, count(*), sum(length(b)) from t group by 1;
SQL
cat >unit.c <<'C'
#include <stdio.h>
int main(void) { for (int i = 0; i < 10; i++) printf("%d\n", i * i); return 0; }
C
cat >script.sh <<'SH'
for i in 1 2 3 4 5; do
    (echo "$i"; echo a b c | tr a-c x-z) | sort
    value=$(expr "$i" + 1)
    echo "$value" &
    wait
done
SH

program python /usr/bin/python3 -I script.py
program perl perl script.pl
program sqlite sqlite3 :memory: '.read script.sql'
program gcc gcc -O2 -c unit.c -o unit.o
if git -C "$ACRE_TESTS" rev-parse HEAD >/dev/null 2>&1; then
    program git git -C "$ACRE_TESTS" log --stat -n 30
else
    skip git 'the tests are in no repository'
fi
program shell sh script.sh
program bash bash script.sh
program threads "$RECORD_TOOLS/threads"
program sort sort -r script.sh

# Another allocator, with operators of C++ of its own.
for over in jemalloc tcmalloc mimalloc tbbmalloc; do
    record over --over $over --stacks none -- "$RECORD_TOOLS/threads"
    check "over $over: the same output" cmp threads-plain over.out
    is "over $over: unknown, replaced, complete" '0 0 1' "$(figures over | cut -d ' ' -f 6,7,9)"
    check "over $over: as many births" [ "$(field 2 over)" -gt 20000 ]
    check "over $over: it served" sh -c "'$ACRE' info over.acre | grep -q 'allocator.*$over'"
done

# What one thread gives back is what the next thread has.
record handed --over "$RECORD_HANDS_ON" --stacks none -- "$RECORD_CHURN" 100000 10 2 3
is 'from thread to thread: unknown, replaced, complete' '0 0 1' \
    "$(figures handed | cut -d ' ' -f 6,7,9)"
check 'from thread to thread: as many births' [ "$(field 2 handed)" -gt 150000 ]

done_testing
