"""Runs the programs on its input on this Python and prints what happened, an event a line, as
objects.c does on the engine. objects_programs.py says what the operations are.

What Python keeps alive for itself while a statement runs is kept out of the way: a variable is
empty before it is filled, and no local name holds a thing when another may die.
"""
import gc
import sys
import weakref

SLOTS = ("a", "b", "c")
VARIABLES, WEAKS, TABLES = 12, 12, 2

world = None


class Failure(Exception):
    pass


class Thing:
    __slots__ = (*SLOTS, "number", "actions", "__weakref__")

    def __init__(self, number, actions):
        self.number = number
        self.actions = actions
        self.a = self.b = self.c = None

    def __del__(self):
        if world.is_over:
            return
        world.say(f"destroy {self.number}")
        world.ending.append(self.number)
        for action in self.actions:
            if action[0] == "own":
                world.own(self)
            else:
                world.perform(action)
        world.ending.pop()


def nothing(_):
    """3.14 clears weak references without a callback later than others; so all have one."""


class World:
    def __init__(self):
        self.events = []
        self.variables = [None] * VARIABLES
        self.weaks = [None] * WEAKS
        self.watches = {}
        self.tables = [weakref.WeakValueDictionary() for _ in range(TABLES)]
        self.own_weaks = []
        self.ending = []  # the numbers of the things whose __del__ runs
        self.failures = 0
        self.is_over = False

    def say(self, event):
        self.events.append(event)

    def perform(self, operation):
        name, numbers, actions = operation
        if name == "collect":
            self.say("collect")
            gc.collect()  # its answer counts weak references as well, so the events have to do
            self.say("collected")
        elif name in ("new", "watch"):
            getattr(self, name)(*numbers, actions)
        else:
            getattr(self, name)(*numbers)

    def is_free(self, variable):
        if self.variables[variable] is None:
            return True
        self.say("full")
        return False

    def is_filled(self, *variables):
        if all(self.variables[v] is not None for v in variables):
            return True
        self.say("empty")
        return False

    def new(self, number, v, actions):
        if self.is_free(v):
            self.variables[v] = Thing(number, actions)
            self.say(f"new {number}")

    def copy(self, v, u):
        if self.is_filled(u) and self.is_free(v):
            self.variables[v] = self.variables[u]

    def link(self, v, slot, u):
        if not self.is_filled(v, u):
            return
        if getattr(self.variables[v], SLOTS[slot]) is not None:
            self.say("full")
        else:
            setattr(self.variables[v], SLOTS[slot], self.variables[u])

    def unlink(self, v, slot):
        if self.is_filled(v):
            setattr(self.variables[v], SLOTS[slot], None)

    def drop(self, v):
        self.variables[v] = None

    def weak(self, w, v):
        if self.is_filled(v):
            self.weaks[w] = weakref.ref(self.variables[v], nothing)

    def is_alive(self, w):
        return self.weaks[w] is not None and self.weaks[w]() is not None

    def get(self, w, v):
        if not self.is_free(v):
            return
        if not self.is_alive(w):
            self.say("dead")
        elif self.weaks[w]().number in self.ending:
            self.say("ending")  # it would come back to life
        else:
            self.variables[v] = self.weaks[w]()
            self.say(f"got {self.variables[v].number}")

    def see(self):
        seen = ("-" if self.weaks[w] is None else "01"[self.is_alive(w)] for w in range(WEAKS))
        self.say("see " + "".join(seen))

    def watch(self, k, w, actions):
        if not self.is_alive(w):
            self.say("dead")
            return
        self.watches[k] = weakref.ref(self.weaks[w](), lambda _: self.call(k, actions))
        self.say("begun")

    def call(self, k, actions):
        if self.is_over:
            return
        self.say(f"call {k}")
        has_failed = False
        for action in actions:
            if action[0] == "fail":
                has_failed = True
            else:
                self.perform(action)
        if has_failed:
            raise Failure

    def cancel(self, k):
        if k in self.watches and self.watches[k]() is not None:
            del self.watches[k]
            self.say("cancelled")
        else:
            self.say("not pending")

    def put(self, t, key, v):
        if self.is_filled(v):
            self.tables[t][key] = self.variables[v]

    def find(self, t, key):
        thing = self.tables[t].get(key)
        self.say("none" if thing is None else f"found {thing.number}")

    def remove(self, t, key):
        self.say("none" if self.tables[t].pop(key, None) is None else "removed")

    def len(self, t):
        self.say(f"len {len(self.tables[t])}")

    def each(self, t, *variables):
        """Over a list: a dictionary that is walked over must not be asked for its length."""
        variables = list(variables)
        for ref in self.tables[t].valuerefs():
            thing = ref()
            if thing is None:
                continue
            self.say(f"visit {ref.key} {thing.number}")
            if variables:
                self.drop(variables.pop(0))
            thing = None

    def count(self, v):
        references = 0
        if self.variables[v] is not None:
            references = sys.getrefcount(self.variables[v]) - 1
        self.say(f"count {references}")

    def own(self, thing):
        self.own_weaks.append(weakref.ref(thing, nothing))
        self.say(f"own {int(self.own_weaks[-1]() is not None)}")

    def end(self):
        """What destructors made in the last collection is garbage still. It dies here, without a
        word, lest the next program hears of it."""
        self.is_over = True
        self.variables.clear()
        self.tables.clear()
        gc.collect()

    def state(self):
        live = sum(type(thing) is Thing for thing in gc.get_objects())
        own = sum(ref() is not None for ref in self.own_weaks)
        self.say(f"state: {live} live, {self.failures} failures, {own} own")


def failed(report):
    if report.exc_type is not Failure:
        sys.__unraisablehook__(report)
        world.say("an unexpected " + report.exc_type.__name__)
    world.failures += 1


def parse(line):
    """(name, numbers, actions); the actions are such triples themselves."""
    first, *actions = line.split("|")
    name, *numbers = first.split()
    return name, [int(number) for number in numbers], [parse(action) for action in actions]


def run(lines):
    global world
    world = World()
    program = [(line, parse(line)) for line in lines]
    gc.collect()
    gc.freeze()  # what was there before is nobody's garbage, and is not looked at
    for line, operation in program:
        world.say("> " + line)
        world.perform(operation)
    world.say(f"left {sum(type(thing) is Thing for thing in gc.get_objects())}")
    gc.unfreeze()
    world.say("end")
    world.end()
    return world.events


def main():
    gc.disable()
    sys.unraisablehook = failed
    lines = []
    for line in sys.stdin:
        if line != "end\n":
            lines.append(line.rstrip("\n"))
            continue
        print("\n".join(run(lines)))
        lines = []


if __name__ == "__main__":
    main()
