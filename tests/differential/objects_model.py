"""The rules of the engine and those of CPython: two models of one world, which differ only where the
documented orders differ on purpose.

A model performs a program and holds each event of a trace against what it expects, so that the first
difference is the one that is told. What both leave open, the order in which the objects of a
collection end, it takes from the trace; that it is the right objects it does not.

    rule                                  Acre                        CPython
    1 a destructor runs                   after the watches           before the weak references
      (not in a collection)                                           are dead, and before the watches
    2 what dies in a destructor or        after it has ended          inside of it, at once
      a watch ends
    3 children are released               all, before the first       one by one, each with all that
                                          of them ends                dies of it
    4 a watch that waits for its call     is cancelled                is called all the same
      and is cancelled
    5 a collection in a destructor or     refuses                     is done, unless it is inside
      a watch                                                         of another one
    6 a weak reference that a             is dead                     is alive until that has ended
      destructor takes of its object
    7 in a collection, watches go         against the order of the    in the order of the destructors
      over the objects                    destructors
    8 what destructors dropped in a       after all destructors       inside the destructor (rule 2)
      collection ends
"""
from collections import Counter

SLOTS, VARIABLES, WEAKS, TABLES = 3, 12, 12, 2

# A thing is LIVE; ENDING: its destructor runs and it can still be found (CPython); DYING; or DEAD.
LIVE, ENDING, DYING, DEAD = "live", "ending", "dying", "dead"
# A watch is PENDING; WAITING: its thing is dead; or OVER: called or cancelled.
PENDING, WAITING, OVER = "pending", "waiting", "over"


class Difference(Exception):
    pass


class Thing:
    def __init__(self, number, actions):
        self.number, self.actions = number, actions
        self.strong = 1
        self.slots = [None] * SLOTS
        self.watches = []  # oldest first
        self.state = LIVE

    def take_watches(self):
        """Those that are to be called, newest first; they wait from now on."""
        waiting = [watch for watch in reversed(self.watches) if watch.state == PENDING]
        for watch in waiting:
            watch.state = WAITING
        return waiting


class Watch:
    """Of a program, or the one by which a table of weak values loses an entry."""

    def __init__(self, thing, call):
        self.thing, self.call, self.state = thing, call, PENDING
        thing.watches.append(self)


class Model:
    def __init__(self, trace, seen):
        self.trace, self.place = trace, 0
        self.seen = seen  # a Counter: what a run of the test has come across
        self.things = {}
        self.variables = [None] * VARIABLES
        self.weaks = [None] * WEAKS
        self.watches = {}
        self.tables = [{} for _ in range(TABLES)]  # key -> (thing, watch)
        self.calls = 0  # destructors and watches that run now
        self.failures = 0

    def say(self, event):
        found = self.trace[self.place] if self.place < len(self.trace) else "nothing more"
        if found != event:
            raise Difference(f"event {self.place + 1} is '{found}', not '{event}'")
        self.place += 1

    def run(self, program):
        for line, operation in program:
            self.say("> " + line)
            self.perform(operation)
        self.say(f"left {len(self.things)}")
        self.say("end")

    # References ----------------------------------------------------------------------------------

    def release(self, thing):
        thing.strong -= 1
        if thing.strong == 0 and thing.state != DEAD:
            self.die(thing)

    def bury(self, thing):
        thing.state = DEAD
        self.things.pop(thing.number, None)

    def find_garbage(self):
        """The numbers of the things that only garbage refers to, in the order they end in."""
        live = [thing for thing in self.things.values() if thing.state == LIVE]
        inside = Counter(child for thing in live for child in thing.slots if child)
        reached = [thing for thing in live if thing.strong > inside[thing]]
        marked = set(reached)
        while reached:
            for child in reached.pop().slots:
                if child and child.state == LIVE and child not in marked:
                    marked.add(child)
                    reached.append(child)
        garbage = {f"destroy {thing.number}": thing for thing in live if thing not in marked}
        order = [garbage[event] for event in self.trace[self.place :] if event in garbage]
        if len(order) != len(garbage) or len(set(order)) != len(garbage):
            raise Difference(f"event {self.place}: is to free {sorted(garbage)}, once each")
        self.seen["objects that a collection frees"] += len(order)
        self.seen["collections that free something"] += bool(order)
        return order

    # Calls ---------------------------------------------------------------------------------------

    def call_watch(self, watch):
        watch.state = OVER
        self.calls += 1
        watch.call()
        self.calls -= 1

    def call_destructor(self, thing):
        self.say(f"destroy {thing.number}")
        self.calls += 1
        for action in thing.actions:
            if action[0] == "own":
                self.own(thing)
            else:
                self.perform(action)
        self.calls -= 1

    def program_watch(self, k, actions):
        def call():
            self.say(f"call {k}")
            for action in actions:
                if action[0] != "fail":
                    self.perform(action)
            fails = any(action[0] == "fail" for action in actions)
            self.seen["watches that fail"] += fails
            self.failures += fails

        return call

    # Operations ----------------------------------------------------------------------------------

    def perform(self, operation):
        name, numbers, actions = operation
        if self.calls > 0:
            self.seen[f"{name} in a call"] += 1
        if name in ("new", "watch"):
            getattr(self, name)(*numbers, actions)
        else:
            getattr(self, name)(*numbers)

    def is_free(self, v):
        if self.variables[v] is None:
            return True
        self.say("full")
        return False

    def is_filled(self, *variables):
        if all(self.variables[v] for v in variables):
            return True
        self.say("empty")
        return False

    def fill(self, v, thing):
        thing.strong += 1
        self.variables[v] = thing

    def new(self, number, v, actions):
        if self.is_free(v):
            self.variables[v] = self.things[number] = Thing(number, actions)
            self.say(f"new {number}")

    def copy(self, v, u):
        if self.is_filled(u) and self.is_free(v):
            self.fill(v, self.variables[u])

    def link(self, v, slot, u):
        if not self.is_filled(v, u):
            return
        if self.variables[v].slots[slot]:
            self.say("full")
            return
        self.variables[u].strong += 1
        self.variables[v].slots[slot] = self.variables[u]

    def unlink(self, v, slot):
        if not self.is_filled(v):
            return
        holder = self.variables[v]
        child, holder.slots[slot] = holder.slots[slot], None
        if child:
            holder.strong += 1
            self.release(child)
            self.release(holder)

    def drop(self, v):
        thing, self.variables[v] = self.variables[v], None
        if thing:
            self.release(thing)

    def weak(self, w, v):
        if self.is_filled(v):
            self.weaks[w] = self.variables[v]

    def is_alive(self, w):
        return self.weaks[w] is not None and self.weaks[w].state in (LIVE, ENDING)

    def get(self, w, v):
        if not self.is_free(v):
            return
        if not self.is_alive(w):
            self.seen["get of the dead"] += 1
            self.say("dead")
        elif self.weaks[w].state == ENDING:
            self.say("ending")
        else:
            self.seen["get of the living"] += 1
            self.fill(v, self.weaks[w])
            self.say(f"got {self.weaks[w].number}")

    def see(self):
        states = ("-" if self.weaks[w] is None else "01"[self.is_alive(w)] for w in range(WEAKS))
        self.say("see " + "".join(states))
        self.seen["weak references read dead as their object waits"] += sum(
            thing is not None and thing.state == DYING for thing in self.weaks
        )

    def watch(self, k, w, actions):
        if not self.is_alive(w):
            self.say("dead")
            return
        self.watches[k] = Watch(self.weaks[w], self.program_watch(k, actions))
        self.say("begun")

    def cancel(self, k):
        watch = self.watches.get(k)
        if watch and self.may_cancel(watch):
            self.seen["watches that are cancelled"] += 1
            watch.state = OVER
            self.say("cancelled")
        else:
            self.say("not pending")

    def put(self, t, key, v):
        if not self.is_filled(v):
            return
        table = self.tables[t]
        if key in table:
            table[key][1].state = OVER
        watch = Watch(self.variables[v], lambda: self.lose(t, key))
        table[key] = (self.variables[v], watch)

    def lose(self, t, key):
        self.seen["entries that a table of weak values loses"] += 1
        del self.tables[t][key]

    def find(self, t, key):
        thing, watch = self.tables[t].get(key, (None, None))
        self.say(f"found {thing.number}" if thing and watch.state == PENDING else "none")

    def remove(self, t, key):
        entry = self.tables[t].pop(key, None)
        if entry:
            entry[1].state = OVER
        self.say("removed" if entry else "none")

    def len(self, t):
        self.say(f"len {len(self.tables[t])}")

    def each(self, t, *variables):
        variables = list(variables)
        for key, (thing, watch) in list(self.tables[t].items()):
            if watch.state != PENDING:
                self.seen["entries that go while the table is walked over"] += 1
                continue
            self.say(f"visit {key} {thing.number}")
            thing.strong += 1
            if variables:
                self.drop(variables.pop(0))
            self.release(thing)

    def count(self, v):
        self.say(f"count {self.variables[v].strong if self.variables[v] else 0}")

    def state(self):
        self.say(f"state: {len(self.things)} live, {self.failures} failures, 0 own")


class Acre(Model):
    """Calls are flat: who dies waits in a list, and is dead to all from then on."""

    def __init__(self, trace, seen):
        super().__init__(trace, seen)
        self.dying = []
        self.is_draining = False

    def die(self, thing):
        if thing.state != LIVE:
            return
        self.seen["rule 2"] += self.calls > 0
        self.begin_dying(thing)
        self.dying.append(thing)
        if not self.is_draining:
            self.drain()

    def begin_dying(self, thing):
        thing.state = DYING
        self.dying += thing.take_watches()

    def drain(self):
        waiting, self.dying, self.is_draining = self.dying, [], True
        while waiting:
            first = waiting.pop(0)
            if isinstance(first, Thing):
                self.seen["objects that die by their count"] += 1
                self.call_destructor(first)
                self.release_children(first)
                self.bury(first)
            elif first.state == WAITING:
                self.call_watch(first)
            waiting, self.dying = self.dying + waiting, []
        self.is_draining = False

    def release_children(self, thing):
        before = len(self.dying)
        for child in filter(None, thing.slots):
            self.release(child)
        self.seen["rule 3"] += sum(isinstance(d, Thing) for d in self.dying[before:]) > 1

    def may_cancel(self, watch):
        self.seen["rule 4"] += watch.state == WAITING
        return watch.state != OVER

    def own(self, _):
        self.seen["rule 6"] += 1
        self.say("own 0")

    def collect(self):
        if self.calls > 0:
            self.seen["rule 5"] += 1
            self.say("busy")
            return
        self.say("collect")
        garbage = self.find_garbage()
        for thing in reversed(garbage):
            self.begin_dying(thing)
        self.seen["watches on the garbage of a collection"] += len(self.dying)
        self.seen["rule 7"] += len({watch.thing for watch in self.dying}) > 1
        self.drain()
        self.is_draining = True
        for thing in garbage:
            self.call_destructor(thing)
        self.seen["rule 8"] += bool(self.dying)
        for thing in garbage:
            self.release_children(thing)
        for thing in garbage:
            self.bury(thing)
        self.drain()
        self.say(f"freed {len(garbage)}")
        self.say("collected")


class CPython(Model):
    """Calls are nested: who dies ends at once, wherever that happens."""

    def __init__(self, trace, seen):
        super().__init__(trace, seen)
        self.is_collecting = False

    def die(self, thing):
        if thing.state == LIVE:
            thing.state = ENDING
            self.call_destructor(thing)
            thing.state = DYING
            waiting = thing.take_watches()
            self.seen["rule 1"] += bool(waiting)
            for watch in waiting:
                self.call_watch(watch)
        self.release_children(thing)
        self.bury(thing)

    def release_children(self, thing):
        for i in range(SLOTS):
            child, thing.slots[i] = thing.slots[i], None
            if child:
                self.release(child)

    def may_cancel(self, watch):
        return watch.state == PENDING

    def own(self, _):
        self.say("own 1")

    def collect(self):
        self.say("collect")
        if self.is_collecting:
            self.say("collected")
            return
        self.is_collecting = True
        garbage = self.find_garbage()
        for thing in garbage:
            thing.state = DYING
        for watch in [watch for thing in garbage for watch in thing.take_watches()]:
            self.call_watch(watch)
        for thing in garbage:
            self.call_destructor(thing)
        for thing in garbage:
            if thing.state != DEAD:
                thing.strong += 1
                self.release_children(thing)
                self.release(thing)
        self.is_collecting = False
        self.say("collected")
