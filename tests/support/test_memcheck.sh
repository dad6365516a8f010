#!/bin/sh
# valgrind.sh gives the verdicts that it promises, and without it no canary fails by itself: a
# checker that stopped working would be seen.
. "$ACRE_TESTS/cli/lib.sh"

wrapper=$ACRE_TESTS/support/valgrind.sh
unset ACRE_WRAPPER
ACRE_CHECKER=memcheck
export ACRE_CHECKER

# leaves STATUS COMMAND...
leaves()
{
    want=$1
    shift
    status=0
    "$@" >"$tap_work/output" 2>&1 || status=$?
    test "$status" -eq "$want" && return
    echo "exit status $status, not $want"
    cat "$tap_work/output"
    return 1
}

check 'clean: 0' leaves 0 "$wrapper" "$CANARY" nothing
check 'clean arenas: 0' leaves 0 "$wrapper" "${MISUSE}nothing" bare
check 'clean recorded arenas: 0' leaves 0 "$wrapper" "${MISUSE}nothing" recorded
check 'status 7 is passed on' leaves 7 "$wrapper" "$CANARY" exit 7
check 'leak: 42' leaves 42 "$wrapper" "$CANARY" leak
check 'leak of a child whose status is lost: 42' leaves 42 "$wrapper" "$CANARY" child leak
check 'clean child: 0' leaves 0 "$wrapper" "$CANARY" child nothing
check 'a shell is not ours to check: 5' leaves 5 "$wrapper" sh -c 'a=b; a=c; (exit 3); exit 5'
check 'but what it starts is: 42' leaves 42 "$wrapper" sh -c '"$1" leak; exit 0' sh "$CANARY"
check 'and what it becomes: 42' leaves 42 "$wrapper" sh -c 'exec "$1" leak' sh "$CANARY"
check 'a script is run as it is' leaves 4 "$wrapper" "$ACRE_TESTS/cli/broken/localedef"
check 'nothing to run: 99' leaves 99 "$wrapper"
check 'no such tool: 99' leaves 99 env ACRE_CHECKER=memchek "$wrapper" "$CANARY" nothing
mkdir "$tap_work/bin"
for tool in sh head tr mktemp rm find cat dirname; do
    ln -s "$(command -v $tool)" "$tap_work/bin/$tool"
done
check 'no valgrind: 99' leaves 99 env PATH="$tap_work/bin" "$wrapper" "$CANARY" nothing
printf '#!/bin/sh\nshift $(($# - 2))\nexec "$@"\n' >"$tap_work/bin/valgrind"
chmod +x "$tap_work/bin/valgrind"
check 'a valgrind that watches nothing: 99' \
    leaves 99 env PATH="$tap_work/bin" "$wrapper" "$CANARY" nothing

for sin in heap-overflow use-after-free leak uninitialised; do
    check "unwatched, $sin is an unexpected pass" leaves 0 "$CANARY" $sin
done
# What the C library notices by itself is no canary of memcheck's alone.
for name in $(awk '/^[a-z]/ { name = $1 } $1 == "alone" && $2 == 0 { print name }' \
    "$ACRE_TESTS/misuse/table.txt"); do
    for memory in bare recorded; do
        check "unwatched, $memory $name is an unexpected pass" leaves 0 "$MISUSE$name" $memory
    done
done
for sin in leaks overflows; do
    check "unwatched, mtest $sin is an unexpected pass" \
        leaves 0 "$CANARY_MTEST" --filter canary/$sin
done
done_testing
