"""staircase.py RUN.json: whether the timelines of a run of staircase.c are the staircase."""
import json
import sys

STEPS, STEP = 20, 256 * 1024
TABLES = 200 * 1024  # of the engine, live beside the steps
SLACK = 4 << 20  # pages that a backend or the kernel adds


def height(iteration):
    return min(iteration, STEPS) * STEP


def faults_of_row(row, following):
    """A value may be of a later iteration than the one read with it, never of an earlier, nor of one
    that begins after the next look."""
    low = height(row['iteration'])
    if not low <= row['live_bytes'] <= height(following['iteration'] + 1) + TABLES:
        yield 'live %d' % row['live_bytes']
    if not low <= row['resident_bytes'] <= height(STEPS) + SLACK:
        yield 'resident %d' % row['resident_bytes']
    if not row['resident_least_bytes'] <= row['resident_bytes'] <= row['resident_most_bytes']:
        yield 'least, most'
    if max(row['resident_bytes'], row['pss_bytes'], row['private_dirty_bytes']) > row['rss_bytes']:
        yield 'more resident than the process has'
    if row['usable_bytes'] is not None and row['usable_bytes'] < row['live_bytes']:
        yield 'usable %d' % row['usable_bytes']
    if row['held_bytes'] is not None and row['held_bytes'] < low:
        yield 'held %d' % row['held_bytes']


def faults_of_moments(memory, gives_back):
    top = height(STEPS)
    if memory['peak_iteration'] != STEPS or not top <= memory['peak_bytes'] <= top + TABLES:
        yield 'peak %d in iteration %d' % (memory['peak_bytes'], memory['peak_iteration'])
    for name, low in (('start', 0), ('end', top), ('drained', 0), ('later', 0)):
        if not low <= memory[name]['live_bytes'] <= low + TABLES:
            yield '%s: live %d' % (name, memory[name]['live_bytes'])
    if memory['end']['resident_bytes'] < top:
        yield 'end: resident %d' % memory['end']['resident_bytes']
    for name in ('drained', 'later'):
        held, resident = memory[name]['held_bytes'], memory[name]['resident_bytes']
        if gives_back and max(held, resident) > top / 2:
            yield '%s: nothing was given back' % name
        if not gives_back and min(held, resident) < top:
            yield '%s: given back, which it cannot' % name
    if not 10**9 <= memory['wait_ns']:
        yield 'no second between drained and later'


def faults_of_cell(cell):
    memory = cell['memory']
    rows = memory['timeline']
    for row, following in zip(rows, rows[1:] + [{'iteration': STEPS}]):
        for fault in faults_of_row(row, following):
            yield 'after iteration %d: %s' % (row['iteration'], fault)
    for name in ('time_ns', 'iteration', 'live_bytes', 'faults'):
        values = [row[name] for row in rows]
        if values != sorted(values):
            yield '%s goes down' % name
    if len({row['live_bytes'] for row in rows}) < 3:
        yield 'no staircase: %d rows' % len(rows)
    # Blocks of this size have mappings of their own in malloc; a pool keeps its chunks.
    yield from faults_of_moments(memory, cell['key']['backend'] == 'malloc')


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        cells = json.load(file)['cells']
    found = 0
    for cell in cells:
        for fault in faults_of_cell(cell):
            print('%s: %s' % (cell['key']['backend'], fault))
            found += 1
    sys.exit(1 if found or len(cells) != 2 else 0)


main()
