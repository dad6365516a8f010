#!/usr/bin/env python3
"""objects_test.py [FIRST [COUNT]]: the programs of the seeds from FIRST on, run by the engine
($OBJECTS, the program made of objects.c) and by each CPython on the PATH. Both traces must be,
event by event, what the model of the respective rules expects (objects_model.py). Prints TAP; a
difference is told with the seed, the shortest program found that shows it, and the last events.
"""
import os
import re
import subprocess
import sys
import time
from collections import Counter

sys.dont_write_bytecode = True  # the tests leave nothing in the tree

from objects_cpython import parse
from objects_model import Acre, CPython, Difference
from objects_programs import program

BACKENDS = "malloc", "pool", "region"
ENOUGH = 200  # programs for everything of HAPPENS
KNOWN = (3, 8), (3, 13)  # of CPython; the order of events has changed before and may do so again

HAPPENS = {  # or the test would show nothing
    "objects that die by their count",
    "objects that a collection frees",
    "collections that free something",
    "watches on the garbage of a collection",
    "watches that are cancelled",
    "watches that fail",
    "weak references read dead as their object waits",
    "entries that a table of weak values loses",
    "entries that go while the table is walked over",
    "get of the dead",
    "get of the living",
    "the same trace on both sides",
    *(f"rule {number}" for number in range(1, 9)),
    *(f"{name} in a call" for name in "new drop link unlink weak get see watch cancel".split()),
    *(f"{name} in a call" for name in "len find collect".split()),
}

wrapper = [os.environ["ACRE_WRAPPER"]] if os.environ.get("ACRE_WRAPPER") else []
number = failures = 0


def tell(is_ok, what):
    global number, failures
    number += 1
    failures += not is_ok
    print(f"{'ok' if is_ok else 'not ok'} {number} - {what}", flush=True)


def complain(*lines):
    """To stderr: Meson shows that of a test that failed."""
    print(*lines, sep="\n", file=sys.stderr)


# Running ----------------------------------------------------------------------------------------


def run(command, programs):
    """The trace of each program. If the command fails, those up to the program at which it does;
    the last one ends with the reason then."""
    programs = list(programs)
    text = "".join(line + "\n" for lines in programs for line in [*lines, "end"])
    patience_s = (10 + len(programs) / 10) * (20 if wrapper else 1)
    try:
        done = subprocess.run(
            command,
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            timeout=patience_s,
        )
        reason = f"status {done.returncode}: {done.stderr}" if done.returncode != 0 else None
    except subprocess.TimeoutExpired as expired:
        done, reason = None, f"no end within {expired.timeout} s"
    if reason is None:
        return split(done.stdout)
    if len(programs) == 1:
        return [(done.stdout.split("\n")[:-1] if done else []) + [reason]]
    traces = []
    for lines in programs:
        traces += run(command, [lines])
        if traces[-1][-1:] != ["end"]:
            break
    return traces


def split(text):
    """The traces in what a command has printed; each ends with the line "end"."""
    traces = [[]]
    for event in text.split("\n")[:-1]:
        traces[-1].append(event)
        if event == "end":
            traces.append([])
    return traces[:-1]


def difference(model, lines, trace, seen):
    """What the trace has against the rules; None: nothing."""
    checked = model(trace, seen)
    try:
        checked.run([(line, parse(line)) for line in lines])
    except Difference as found:
        return f"{found}, after:\n    " + "\n    ".join(trace[: checked.place][-6:])
    if trace[checked.place :]:
        return f"more than was expected: {trace[checked.place]}"
    return None


def shrink(lines, fails):
    """Leaves out what the failure does not need: long stretches first, then line by line until
    none can go. For at most 10 seconds."""
    end = time.monotonic() + 10
    size = len(lines) // 2
    while size > 0 and time.monotonic() < end:
        before, at = len(lines), 0
        while at < len(lines) and time.monotonic() < end:
            shorter = lines[:at] + lines[at + size :]
            if fails(shorter):
                lines = shorter
            else:
                at += size
        if size > 1 or len(lines) == before:
            size //= 2
    return lines


def keeps(model, command, programs, traces, seen):
    """Whether the traces are those of the model. The first that is not is told."""
    for (seed, lines), trace in zip(programs.items(), traces):
        found = difference(model, lines, trace, seen)
        if found is None:
            continue

        def tried(some):
            traces = run(command, [some])
            return difference(model, some, traces[0] if traces else [], Counter())

        if not wrapper:
            lines = shrink(lines, tried)
        complain(
            f"seed {seed} differs from the rules of {model.__name__}; repeat with:",
            f"  OBJECTS={os.environ['OBJECTS']} {sys.argv[0]} {seed} 1",
            f"{tried(lines) or 'not when it runs alone; among the others: ' + found}",
            "the program, shortened:",
            *lines,
        )
        return False
    if len(traces) != len(programs):
        complain(f"{len(traces)} traces of {len(programs)} programs: {command}")
        return False
    return True


# Pythons ----------------------------------------------------------------------------------------


def pythons():
    """(command, version, whether it is known) of each CPython 3 on the PATH, one of a version."""
    ask = "import sys; print(sys.implementation.name, *sys.version_info[:3])"
    found = {}
    paths = [sys.executable]
    for directory in os.environ["PATH"].split(os.pathsep):
        if os.path.isdir(directory):
            names = (name for name in os.listdir(directory) if re.match(r"python3(\.\d+)?$", name))
            paths += sorted(os.path.join(directory, name) for name in names)
    for path in paths:
        try:
            answer = subprocess.run([path, "-c", ask], capture_output=True).stdout.decode()
        except OSError:
            continue
        kind, *version = answer.split() or [""]
        if kind == "cpython":
            found.setdefault(tuple(map(int, version)), path)
    for version, path in found.items():
        yield path, ".".join(map(str, version)), KNOWN[0] <= version[:2] <= KNOWN[1]


# The test ---------------------------------------------------------------------------------------


def engine_traces(programs, seen):
    """Those over malloc, for the comparison; None if anything is wrong."""
    first = None
    for backend in BACKENDS:
        command = [*wrapper, os.environ["OBJECTS"], backend]
        traces = run(command, programs.values())
        is_kept = traces == first or keeps(Acre, command, programs, traces, seen)
        is_same = first is None or traces == first
        tell(is_kept, f"the engine over {backend} does what its rules say")
        tell(is_same, f"... with the same events as over {BACKENDS[0]}")
        if not is_kept or not is_same:
            return None
        first = traces
    return first


def without_rules(ours, theirs):
    """How many traces are the same without a rule. `freed` is the collector's own account."""
    return sum(
        [event for event in a if not event.startswith("freed ")] == b for a, b in zip(ours, theirs)
    )


def compare_with_pythons(programs, ours, seen):
    runner = os.path.join(os.path.dirname(os.path.abspath(__file__)), "objects_cpython.py")
    last = None  # that kept the rules
    for path, version, is_known in pythons():
        if not is_known:
            tell(True, f"CPython {version} # SKIP its order is not known here")
            continue
        theirs = run([path, runner], programs.values())
        is_kept = theirs == last or keeps(CPython, [path, runner], programs, theirs, seen)
        tell(is_kept, f"CPython {version} does what its rules say")
        seen["the same trace on both sides"] += without_rules(ours, theirs)
        last = theirs if is_kept else last


def tell_what_happened(count, seen):
    for what in sorted(seen):
        print(f"# {what}: {seen[what]}")
    missing = sorted(what for what in HAPPENS if seen[what] == 0)
    if count < ENOUGH:
        tell(True, "everything has happened # SKIP not in so few programs")
        return
    tell(not missing, "everything has happened")
    for what in missing:
        complain(f"never: {what}")


def main():
    if "OBJECTS" not in os.environ:
        sys.exit("objects_test.py: OBJECTS must name the program made of objects.c")
    first = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20 if wrapper else ENOUGH
    programs = {seed: program(seed) for seed in range(first, first + count)}
    sys.setrecursionlimit(20000)
    seen = Counter()
    print(f"# seeds {first} to {first + count - 1}")
    ours = engine_traces(programs, seen)
    if ours is not None:
        compare_with_pythons(programs, ours, seen)
        tell_what_happened(len(programs), seen)
        print(f"# figure: {count} programs, {sum(map(len, ours))} events, seeds from {first}")
    print(f"1..{number}")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
