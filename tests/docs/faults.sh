#!/bin/sh
# faults.sh ROOT: what README.md, CONTRIBUTING.md and docs/*.md of a tree say and is not so, one line
# each; leaves with 1 if there is any. Looked at are relative links, paths and names of ours in
# backticks, `./dev` commands, and programs of ours with their options.
set -eu

cd "$1"
found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT

workloads='square-chain node-churn weak-churn cycles deep-chain handoff mlp rnn tree script'

# binary WORKLOAD: the path of its benchmark binary.
binary()
{
    eval "echo \"\$$(echo "$1" | tr 'a-z-' 'A-Z_')\""
}

is_workload()
{
    case " $workloads " in *" $1 "*) ;; *) return 1 ;; esac
}

fault()
{
    echo "$1: $2"
    : >"$found/fault"
}

# inline FILE: what stands in backticks, outside of fences.
inline()
{
    # shellcheck disable=SC2016 # backticks of Markdown
    awk '/^```/ { fence = !fence; next } !fence' "$1" | grep -o '`[^`]*`' | tr -d '`'
}

# commands FILE: what a reader may type: backticks, indented lines, shell fences; no comments, and of
# other programs, behind a pipe or recorded, nothing. And what renew.sh runs.
commands()
{
    {
        inline "$1" || :
        awk '/^```/ { on = !on && $0 == "```sh"; next } on || /^    /' "$1"
        sed -n 's/^<!-- measured: \(.*\) -->$/\1/p' "$1"
    } | sed -n 's/^ *//; s/  *#.*//; s/^build\///; s/^bench\///
        s/ | .*//; s/ && .*//; s/^\(acre record .*\) -- .*/\1/
        /: *$/d; /^\(acre\|recording-cost\|peers\|\.\/dev\|'"$(echo "$workloads" | sed 's/ /\\|/g')"'\) /p' | sort -u
}

# help_of COMMAND...: the help that explains its options.
help_of()
{
    if is_workload "$1"; then
        "$(binary "$1")" --help
        return
    fi
    case $* in
    'acre bench all'* | './dev bench all'*)
        "$ACRE" bench all --help
        return
        ;;
    'acre bench'* | './dev bench'*)
        if is_workload "${3:-}"; then
            help_of "$3"
            return
        fi
        ;;
    esac
    case $* in
    'acre bench'*) "$ACRE" bench --help ;;
    'acre check'*) "$ACRE" check --help ;;
    'acre classes'*) "$ACRE" classes --help ;;
    'acre compare'*) "$ACRE" compare --help ;;
    'acre diff'*) "$ACRE" diff --help ;;
    'acre export'*) "$ACRE" export --help ;;
    'acre history'*) "$ACRE" history --help ;;
    'acre import'*) "$ACRE" import --help ;;
    'acre info'*) "$ACRE" info --help ;;
    'acre list'*) "$ACRE" list --help ;;
    'acre plot'*) "$ACRE" plot --help ;;
    'acre record'*) "$ACRE" record --help ;;
    'acre advise'*) "$ACRE" advise --help ;;
    'acre replay'*) "$ACRE" replay --help ;;
    'acre report'*) "$ACRE" report --help ;;
    acre*) "$ACRE" --help ;;
    './dev bench'*) help_of square-chain ;;
    recording-cost*) "$RECORDING_COST" --help ;;
    peers* | './dev peers'*) "$PEERS" --help ;;
    './dev test'* | './dev memcheck'* | './dev sanitize'* | './dev soak'*) cat "$found/meson" ;;
    *) ./dev help ;;
    esac
}

all_helps()
{
    for command in 'acre' 'acre bench' 'acre bench all' 'acre check' 'acre classes' 'acre compare' \
        'acre diff' 'acre export' 'acre history' 'acre import' 'acre info' 'acre list' 'acre plot' 'acre record' \
        'acre advise' 'acre replay' 'acre report' recording-cost peers './dev test' './dev' $workloads; do
        # shellcheck disable=SC2086 # a list of words
        help_of $command
    done
    valgrind --help
}

# options_of FILE: the long options in a help or a command, without what they take.
options_of()
{
    { grep -oE -e '(^|[^a-z-])--[a-z][a-z-]*' "$1" || :; } | grep -oE -e '--[a-z-]+' | sort -u
}

# unknown_options HELP FILE: the options in FILE that HELP does not have.
unknown_options()
{
    options_of "$1" >"$found/known"
    options_of "$2" >"$found/used"
    comm -13 "$found/known" "$found/used"
}

check_command()
{
    file=$1
    printf '%s\n' "$2" >"$found/command"
    # shellcheck disable=SC2086 # a list of words
    set -- $2
    case $1 in
    ./dev) ./dev help >"$found/help" ;;
    acre) "$ACRE" --help >"$found/help" ;;
    *) : >"$found/help" ;;
    esac
    if [ -s "$found/help" ] && ! grep -Eq "^  $2( |\$)" "$found/help"; then
        case $2 in --help | COMMAND | help) ;; *) fault "$file" "no such command: $1 $2" ;; esac
        return
    fi
    if [ "$1 $2" = 'acre bench' ] && ! "$ACRE" bench --help | grep -q "^  ${3:---help} "; then
        case ${3:-} in '' | -*) ;; *) fault "$file" "no such workload: $3" ;; esac
    fi
    help_of "$@" >"$found/help"
    for option in $(unknown_options "$found/help" "$found/command"); do
        fault "$file" "$option is no option: $*"
    done
}

# A room's files by their path, but for what ./dev writes; a function or constant by its name.
check_word()
{
    case $2 in
    alloc/* | core/* | trace/* | record/* | symbols/* | profile/* | export/* | import/* | replay/* | advise/* | report/* | plot/* | history/* | page/* | bench/* | cli/* | tests/* | docs/* | .ci/*)
        [ -e "$2" ] || grep -q "$2" dev || fault "$1" "no such file: $2"
        ;;
    acre_* | ACRE_*)
        grep -rqw --include='*.[ch]' -e "$2" alloc core trace record symbols profile export import replay advise report plot history page bench cli tests ||
            fault "$1" "no such name: $2"
        ;;
    esac
}

check_links()
{
    { grep -oE '\]\([^)# ]+' "$1" || :; } | sed 's/^](//' | while read -r target; do
        case $target in http://* | https://*) continue ;; esac
        [ -e "$(dirname "$1")/$target" ] || fault "$1" "dead link: $target"
    done
}

meson test --help >"$found/meson"
all_helps >"$found/helps"
set -- README.md CONTRIBUTING.md docs/*.md
set -f # from here on a * is a word of a document
for file in "$@"; do
    check_links "$file"
    commands "$file" >"$found/commands"
    while read -r line; do
        check_command "$file" "$line"
    done <"$found/commands"
    { inline "$file" || :; } >"$found/inline"
    for option in $(unknown_options "$found/helps" "$found/inline"); do
        fault "$file" "no program has the option $option"
    done
    grep -oE '[A-Za-z.]+[/_][A-Za-z0-9_./-]+' "$found/inline" | sort -u >"$found/words" || :
    while read -r word; do
        check_word "$file" "$word"
    done <"$found/words"
done
[ ! -e "$found/fault" ]
