#!/bin/sh
# files.sh DIRECTORY SUBJECT OTHER [SUBJECT_CPP]: what the tests of symbols look up. OTHER is the same
# program in DWARF 4, without a build id and without exported functions.
#
#   truth                    what the subject says of itself
#   id                       its build id, in hexadecimal
#   sampled, -other, -cpp    what addr2line of binutils says of every 7th address
#   bare/subject             OTHER without any symbols
#   exported/subject         without symbols but for those of the dynamic linker
#   symbols/subject          without debug information
#   linked/subject           without symbols, names subject.debug beside it
#   no-id/subject            OTHER without symbols, names subject.debug in .debug/
#   wrong/subject            the same; its subject.debug was changed
#   root/                    .build-id/AB/CDEF.debug
#   sysroot/                 usr/lib/debug/.build-id/AB/CDEF.debug, and the program as opt/program/subject
#   shared/                  .build-id/AB/CDEF.debug, whose names are in usr/lib/debug/.dwz/subject.debug
#   lonely/                  the same without that file
#   broken/                  what is no file of code
set -eu

directory=$1 subject=$2 other=$3 cpp=${4:-}
rm -rf "$directory"
mkdir -p "$directory"
cd "$directory"

# each_seventh PROGRAM: addresses of its code.
each_seventh()
{
    readelf -SW "$1" |
        sed -n 's/^ *\[ *[0-9]*\] \.text *PROGBITS *\([0-9a-f]*\) [0-9a-f]* \([0-9a-f]*\) .*/\1 \2/p' |
        while read -r begin bytes; do
            address=$((0x$begin)) end=$((0x$begin + 0x$bytes))
            while [ "$address" -lt "$end" ]; do
                printf '0x%x\n' "$address"
                address=$((address + 7))
            done
        done
}

sample() # PROGRAM
{
    each_seventh "$1" | addr2line -a -i -f -C -e "$1"
}

"$subject" >truth
readelf -n "$subject" | sed -n 's/^ *Build ID: //p' >id
sample "$subject" >sampled
sample "$other" >sampled-other
[ -z "$cpp" ] || sample "$cpp" >sampled-cpp

mkdir bare exported symbols linked no-id no-id/.debug wrong broken
objcopy --strip-all "$other" bare/subject
objcopy --strip-all "$subject" exported/subject
objcopy --strip-debug "$subject" symbols/subject
objcopy --only-keep-debug --compress-debug-sections "$subject" linked/subject.debug
(cd linked && objcopy --strip-all --add-gnu-debuglink=subject.debug "$subject" subject)
objcopy --only-keep-debug "$other" no-id/.debug/subject.debug
(cd no-id/.debug && objcopy --strip-all --add-gnu-debuglink=subject.debug "$other" ../subject)
cp no-id/subject wrong/subject
cp no-id/.debug/subject.debug wrong/subject.debug
echo >>wrong/subject.debug

first=$(cut -c 1-2 id) rest=$(cut -c 3- id)
for place in root/.build-id sysroot/usr/lib/debug/.build-id; do
    mkdir -p "$place/$first"
    cp linked/subject.debug "$place/$first/$rest.debug"
done
mkdir -p sysroot/opt/program
cp exported/subject sysroot/opt/program/subject

# The names that two debug files have in common, in a third one.
if command -v dwz >/dev/null; then
    mkdir -p "shared/.build-id/$first" shared/usr/lib/debug/.dwz
    objcopy --only-keep-debug "$subject" "shared/.build-id/$first/$rest.debug"
    objcopy --only-keep-debug "$other" shared/other.debug
    dwz -m shared/usr/lib/debug/.dwz/subject.debug -M /usr/lib/debug/.dwz/subject.debug \
        "shared/.build-id/$first/$rest.debug" shared/other.debug
    mkdir lonely
    cp -R shared/.build-id lonely
fi

printf 'no ELF file\n' >broken/text
: >broken/empty
(cd broken && ld -r -b binary -o object text)
head -c 4000 "$subject" >broken/cut
mkfifo broken/pipe
