"""aged.py RUN.json: whether aged cells compute and ask for what the clean ones do, and whether aging
them has left anything in the heap. Prints what a pool holds, which depends on the seed alone."""
import json
import sys

# What malloc gives beyond a size depends on what lies beside it.
NOT_EXACT = ('peak_held_bytes', 'peak_usable_bytes')


def key_of(cell, age):
    parameters = [(p['name'], p['value']) for p in cell['key']['parameters'] if p['name'] != 'age']
    return cell['key']['backend'], cell['key']['lifetime'], tuple(parameters), age


def age_of(cell):
    return next((p['value'] for p in cell['key']['parameters'] if p['name'] == 'age'), '0')


def part(cell, name):
    return cell['waste']['peak'][name]['bytes']


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        cells = {key_of(cell, age_of(cell)): cell for cell in json.load(file)['cells']}
    faults = 0
    for (backend, lifetime, parameters, age), cell in cells.items():
        if age == '0':
            continue
        clean = cells[backend, lifetime, parameters, '0']
        for name, value in clean['recorded'].items():
            if name not in NOT_EXACT and cell['recorded'][name] != value:
                print('%s/%s: %s' % (backend, lifetime, name))
                faults += 1
        if part(cell, 'requested') != part(clean, 'requested'):
            print('%s/%s: the litter is requested' % (backend, lifetime))
            faults += 1
        if backend == 'pool':
            print('pool/%s holds %d, clean %d' % (lifetime, part(cell, 'held'), part(clean, 'held')))
            faults += part(cell, 'held') <= part(clean, 'held')
    sys.exit(1 if faults or len(cells) != 2 * sum(key[3] == '0' for key in cells) else 0)


main()
