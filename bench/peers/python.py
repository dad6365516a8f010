"""The peer CPython: slotted objects, weakref.ref, gc.collect(). Automatic collections are off, and
what the interpreter made for itself is frozen, so that a collection looks at our objects alone."""

import gc
import sys
import weakref
from time import process_time_ns


class Node:
    __slots__ = ("left", "right", "value", "__weakref__")

    def __init__(self, left, right, value):
        self.left = left
        self.right = right
        self.value = value


def build_list(nodes, salt):
    last = None
    for i in range(nodes):
        last = Node(last, None, i ^ salt)
    return last


def build_dag(nodes, salt):
    last = Node(None, None, salt)
    for i in range(1, nodes):
        last = Node(last, last.left, i ^ salt)
    return last


def total(last):
    return sum(node.value for node in (last, last.left, last.right) if node is not None)


def build_drop(nodes, repetitions, build):
    begin = process_time_ns()
    checksum = 0
    for i in range(repetitions):
        checksum += total(build(nodes, i))
    return process_time_ns() - begin, nodes, checksum


def order_of(count):
    """The same as in peer.h."""
    order = list(range(count))
    state = 1
    for i in range(count - 1, 0, -1):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        j = (state >> 33) % (i + 1)
        order[i], order[j] = order[j], order[i]
    return order


def weak_upgrade(nodes, repetitions):
    targets = [Node(None, None, value) for value in range(nodes)]
    handles = [weakref.ref(targets[place]) for place in order_of(nodes)]
    begin = process_time_ns()
    checksum = 0
    for i in range(repetitions):
        for handle in handles:
            target = handle()
            if target is not None:
                checksum += target.value ^ i
    return process_time_ns() - begin, nodes, checksum


def build_rings(rings):
    checksum = 0
    for i in range(rings):
        a = Node(None, None, i)
        b = Node(None, None, i)
        c = Node(None, None, i)
        a.left = b
        b.left = c
        c.left = a
        checksum += a.value
    return checksum


def collect(rings, repetitions, includes_building):
    checksum = 0
    spent = 0
    for _ in range(repetitions):
        begin = process_time_ns()
        checksum += build_rings(rings)
        built = process_time_ns()
        freed = gc.collect()
        spent += process_time_ns() - (begin if includes_building else built)
        if freed != 3 * rings:
            sys.exit(f"{freed} objects freed, not {3 * rings}")
    return spent, 3 * rings, checksum


def deep_drop(nodes, repetitions):
    checksum = 0
    spent = 0
    for _ in range(repetitions):
        last = None
        for value in range(nodes):
            last = Node(last, None, value)
        checksum += last.value
        begin = process_time_ns()
        last = None
        spent += process_time_ns() - begin
    return spent, nodes, checksum


TASKS = {
    "list": lambda nodes, repetitions: build_drop(nodes, repetitions, build_list),
    "dag": lambda nodes, repetitions: build_drop(nodes, repetitions, build_dag),
    "weak": weak_upgrade,
    "collect": lambda rings, repetitions: collect(rings, repetitions, False),
    "build-collect": lambda rings, repetitions: collect(rings, repetitions, True),
    "deep-drop": deep_drop,
}


def main():
    gc.disable()
    gc.collect()
    gc.freeze()
    task = TASKS[sys.argv[1]]
    nodes, repetitions = int(sys.argv[2]), int(sys.argv[3])
    task(nodes, repetitions // 10 + 1)
    ns, objects, checksum = task(nodes, repetitions)
    print(f"{ns / (objects * repetitions):.6f} {checksum}")


main()
