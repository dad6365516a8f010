# A program to be recorded whose stacks hardly ever stand where they stood: trees of dictionaries are
# made, written, read again and dropped, from Python's own recursion. Prints the milliseconds it took.
#
#    PYTHONMALLOC=malloc python3 tree.py [TREES]
import json
import sys
import time


def tree(width, depth):
    if depth == 0:
        return list(range(width))
    return {f"key {i}": tree(width, depth - 1) for i in range(width)}


begin = time.perf_counter()
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 10):
    text = json.dumps(tree(5, 5))
    assert json.dumps(json.loads(text)) == text
print(f"{(time.perf_counter() - begin) * 1e3:.1f}")
