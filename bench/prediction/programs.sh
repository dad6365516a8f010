#!/bin/sh
# Programs of Debian, recorded as they are with two inputs each: what acre advise says of the first alone,
# and of both, and what a replay of each finds. An interpreter's second input is another script.
#
#   programs.sh BUILD [ROUNDS]      BUILD: of a release
#
# A line each: the verdict; per cent of the births that go in, regions (2: in rotation), resets, and by how
# much the peak is higher, of the first recording; per cent of the run that a replay of the first and of
# the second finds to be saved on malloc, and beside the best allocator; what is doubted.
set -eu

build=$(cd "$1" && pwd) here=$(cd "$(dirname "$0")" && pwd)
acre=$build/acre rounds=${2:-12}
work=$(cd "$(mktemp -d -p "${TMPDIR:-.}" acre-programs-XXXXXX)" && pwd)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Inputs: words in lines, records, statements. The second ones are longer, and are not the first.
for i in 1 2; do
    "$here"/words.sh $((4000 + 2000 * i)) $i >lines$i.txt
    seq $((1500 + 300 * i)) | awk -v s=$i '{ tags = ""
        for (i = 0; i < $1 * s % 7; i++) tags = tags (i > 0 ? "," : "") "\"t" ($1 * (i + s)) % 50 "\""
        print "{\"id\":" $1 ",\"name\":\"n" ($1 * 7919 % 9973) "\",\"tags\":[" tags "],\"v\":{\"a\":" $1 / 7 ",\"b\":[1,2,3," $1 % 9 "]}}"
        }' >records$i.json
    { echo '<list>'; seq $((2000 + 500 * i)) | awk -v s=$i '{ print "<item id=\"" $1 "\"><name>n" ($1 * s * 7919 % 9973) "</name></item>" }'
        echo '</list>'; } >list$i.xml
    { echo 'create table t(a integer primary key, b text, c real);'
        seq $((1500 + 200 * i)) | awk -v s=$i '{ b = substr("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 1, $1 * s % 50)
            print "insert into t(b, c) values(\047" b "\047, " $1 * s % 97 ");"
            if ($1 % 5 == 0) print "select count(*), max(c) from t where b like \047x%\047 and a > " $1 / 2 ";"
            if ($1 % 7 == 0) print "update t set b = b || \047y\047 where a = " int($1 / 3) ";" }'; } >statements$i.sql
done
cat >words1.pl <<'END'
my (%count, @long);
while (<>) { my @words = sort split ' '; $count{$_}++ for @words; push @long, join('-', map { ucfirst } @words) if @words > 8; }
print scalar(keys %count), " ", scalar(@long), "\n";
END
cat >words2.pl <<'END'
my $sum = 0;
while (<>) { my %seen = map { $_ => length } split ' '; $sum += $seen{$_} for keys %seen; s/w(\d+)/$1 + 1/ge; $sum += length; }
print "$sum\n";
END
cat >words1.lua <<'END'
local count, n = {}, 0
for line in io.lines(arg[1]) do
    for word in line:gmatch("%w+") do count[word] = (count[word] or 0) + 1 end
    if #line > 40 then n = n + #line:upper() end
end
print(n)
END
cat >words2.lua <<'END'
local long = {}
for line in io.lines(arg[1]) do
    local words = {}
    for word in line:gmatch("%w+") do words[#words + 1] = word:sub(2) end
    table.sort(words)
    long[#long % 100 + 1] = table.concat(words, "-")
end
print(#table.concat(long))
END
cat >records1.py <<'END'
import json, sys
n = 0
for line in open(sys.argv[1]):
    record = json.loads(line)
    n += len(json.dumps(record["tags"])) + sum(record["v"]["b"])
print(n)
END
cat >records2.py <<'END'
import re, sys
from collections import Counter
words = Counter()
for line in open(sys.argv[1]):
    words.update(re.findall(r'"(\w+)"', line))
print(words.most_common(3))
END
echo 'scale=20; for (i = 1; i < 2000; i++) s += sqrt(i) * e(0.001 * i); s' >sums1.bc
echo 'scale=10; define f(n) { if (n < 2) return (n); return (f(n-1) + f(n-2)); }
f(17); for (i = 1; i < 3000; i++) s += l(i) / i; s' >sums2.bc

# of FILTER: of what is advised, in one line.
of()
{
    jq -r "$1" advice.json
}

# both NAME COMMAND: @ in it is the number of the input.
both()
{
    line_1=$(echo "$2" | sed "s/@/1/g") line_2=$(echo "$2" | sed "s/@/2/g")
    eval "\"$acre\" record --quiet -o $1"1.acre" -- $line_1" >out 2>err || :
    eval "\"$acre\" record --quiet -o $1"2.acre" -- $line_2" >out 2>err || :
    "$acre" advise --json --backends malloc,mimalloc --rounds "$rounds" --run "$line_1" --run "$line_2" \
        "$1"1.acre "$1"2.acre >advice.json
    printf '  %-9s %-12s %5s %3s %6s %9s  %s\n' "$1" "$(of .verdict)" "$(of '100 * .recordings[0].absorbed / .births | round')" \
        "$(of '[.regions[].rotation] | add // 0')" "$(of '[.regions[].recordings[0].resets] | add // 0')" \
        "$(of '.recordings[0] | .planned_peak_bytes - .peak_bytes')" \
        "$(of '([.recordings[].proof // {} |
                if .gained then "\(.gained.point * 100 | round / 100) (\(.on_best.point * 100 | round / 100))" else "-" end] |
                join("  ")) + "  " + ([.regions[].doubts[]] | unique | join(", "))')"
}

echo '  program   verdict      births   regions  resets  bytes  saved of the run on malloc (beside the best), by recording; doubts'
both sed "sed -E 's/w([0-9]+) w([0-9]+)/\\2-\\1/g' lines@.txt"
both jq "jq -c '{id, t: (.tags | length), s: (.v.b | add)}' records@.json"
both sqlite3 "sh -c 'sqlite3 :memory: <statements@.sql'"
both xmllint "xmllint --format list@.xml"
both perl "perl words@.pl lines@.txt"
both python3 "env PYTHONMALLOC=malloc $(python3 -c 'import sys; print(sys.executable)') records@.py records@.json"
both bc "sh -c 'bc -l <sums@.bc'"
both gawk "gawk '{ n[\$@]++; s = s substr(\$1, 1, @) } length(s) > 99 { s = \"\" } END { print length(n) }' lines@.txt"
both lua "lua5.4 words@.lua lines@.txt"
for i in 1 2; do cp "$build/../alloc/arena.c" unit1.c && cp "$build/../trace/codec.c" unit2.c; done
both gcc "gcc -O2 -D_GNU_SOURCE -I$build/.. -I$build -c -o unit@.o unit@.c"
both git "git -C $build/.. log -@00 --stat"
