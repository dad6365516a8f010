"""Random programs for objects.c and objects_cpython.py. An operation a line:

    new X V | ACTIONS     thing X into variable V; ACTIONS are what its destructor performs
    copy V U              what U refers to into V
    link V S U, unlink V S    slot S of V's thing
    drop V                V refers to nothing any more
    weak W V              weak reference W is of V's thing
    get W V               what W refers to into V, if it is alive
    see                   which of the weak references are alive
    watch K W | ACTIONS   watch K on W's thing; ACTIONS are what its call performs
    cancel K              the watch
    put T KEY V, find T KEY, remove T KEY, len T    in a table of weak values
    each T V...           walks over a table and drops a variable after each entry
    count V               references to V's thing
    collect, state
    own                   (in a destructor) takes a weak reference to the dying thing
    fail                  (in a watch) the call fails in the end

A variable and a slot must be empty to be filled, or the operation only says that they are not.
"""
import random

VARIABLES, WEAKS, TABLES, KEYS = 12, 12, 2, 6


class Generator:
    def __init__(self, seed, is_calm):
        self.random = random.Random(seed)
        self.is_calm = is_calm  # nothing is called: the traces of most such programs are equal
        self.lines = []
        self.things = self.watches = 0

    def below(self, bound):
        return self.random.randrange(bound)

    def say(self, *words):
        self.lines.append(" ".join(map(str, words)))

    # Actions of destructors and watches ----------------------------------------------------------

    def number(self):
        self.things += 1
        return self.things

    def watch_number(self):
        self.watches += 1
        return self.watches - 1

    def action(self, own):
        v, u, w = self.below(VARIABLES), self.below(VARIABLES), self.below(WEAKS)
        choices = [
            "see",
            "see",
            f"drop {v}",
            f"drop {v}",
            f"drop {v}",
            f"new THING {v}",
            f"get {w} {v}",
            f"weak {w} {v}",
            f"link {v} {self.below(3)} {u}",
            f"unlink {v} {self.below(3)}",
            f"watch WATCH {w}",
            f"cancel {max(0, self.watches - 1 - self.below(6))}",
            f"len {self.below(TABLES)}",
            f"find {self.below(TABLES)} {self.below(KEYS)}",
            "collect",
            own,
        ]
        chosen = self.random.choice(choices)
        if chosen.startswith("new"):
            return chosen.replace("THING", str(self.number()))
        if chosen.startswith("watch"):
            return chosen.replace("WATCH", str(self.watch_number()))
        return chosen

    def actions(self, own):
        count = 0 if self.is_calm else max(0, self.below(7) - 3)
        return "".join(" | " + self.action(own) for _ in range(count))

    # Pieces --------------------------------------------------------------------------------------

    def new(self, v, actions=None):
        self.say("drop", v)
        self.say(f"new {self.number()} {v}" + (self.actions("own") if actions is None else actions))

    def watch(self, w, actions=None):
        k = self.watch_number()
        self.say(f"watch {k} {w}" + (self.actions("fail") if actions is None else actions))

    def observe(self, v):
        """A weak reference to V's thing, and some watches on it."""
        w = self.below(WEAKS)
        self.say("weak", w, v)
        for _ in range(0 if self.is_calm else self.below(4)):
            self.watch(w)

    def copy(self, v, u):
        self.say("drop", v)
        self.say("copy", v, u)

    def link(self, v, slot, u):
        self.say("unlink", v, slot)
        self.say("link", v, slot, u)

    def any_operation(self):
        v, u, w = self.below(VARIABLES), self.below(VARIABLES), self.below(WEAKS)
        t, key = self.below(TABLES), self.below(KEYS)
        choices = [
            (8, lambda: self.new(v)),
            (5, lambda: self.copy(v, u)),
            (14, lambda: self.link(v, self.below(3), u)),
            (3, lambda: self.say("unlink", v, self.below(3))),
            (8, lambda: self.say("drop", v)),
            (8, lambda: self.observe(v)),
            (2, lambda: self.say("get", w, v)),
            (2, lambda: self.say("cancel", self.below(self.watches + 1))),
            (4, lambda: self.say("put", t, key, v)),
            (1, lambda: self.say("find", t, key)),
            (1, lambda: self.say("remove", t, key)),
            (1, lambda: self.say("len", t)),
            (2, lambda: self.say("count", v)),
            (2, lambda: self.say("see")),
            (1, lambda: self.say("collect")),
        ]
        chosen = self.below(sum(weight for weight, _ in choices))
        for weight, operation in choices:
            if chosen < weight:
                operation()
                return
            chosen -= weight

    # Phases --------------------------------------------------------------------------------------

    def soup(self):
        for _ in range(20 + self.below(40)):
            self.any_operation()

    def ring(self):
        """A ring with a child or two, watched, let go of."""
        size = 1 + self.below(6)
        for v in range(size):
            self.new(v)
            self.observe(v)
        for v in range(size):
            self.link(v, self.below(3), (v + 1) % size)
        for v in range(size, size + self.below(3)):
            self.new(v)
            self.observe(v)
            self.link(self.below(size), self.below(3), v)
        for v in range(size):
            self.say("drop", v)
        self.say("collect")
        self.say("see")

    def shared(self):
        """A graph without a cycle whose objects have several holders, let go of at its root."""
        size = 4 + self.below(6)
        for v in range(size):
            self.new(v)
            self.observe(v)
        for v in range(size):
            for slot in range(3):
                if v + 1 < size and self.below(4) > 0:
                    self.link(v, slot, v + 1 + self.below(size - v - 1))
        for v in reversed(range(size)):
            if self.below(4) > 0:
                self.say("drop", v)
        self.say("drop 0")
        self.say("see")

    def deep(self):
        """A chain, deeper than CPython nests: each watch looks whether what waits is alive."""
        self.say("drop 0")
        self.say("drop 1")
        for i in range(100 + self.below(300)):
            self.new(1, "")
            self.say("weak", i % WEAKS, 1)
            if self.below(3) == 0:
                self.watch(i % WEAKS, " | see")
            self.say("link 1 0 0")
            self.copy(0, 1)
        self.say("drop 1")
        self.say("drop 0")
        self.say("see")

    def table(self):
        t = self.below(TABLES)
        for _ in range(3 + self.below(8)):
            v = self.below(VARIABLES)
            self.new(v)
            if self.below(3) == 0:
                self.observe(v)
            self.say("put", t, self.below(KEYS), v)
        self.say("len", t)
        self.say("each", t, *(self.below(VARIABLES) for _ in range(self.below(6))))
        self.say("len", t)
        for key in range(KEYS):
            self.say("find", t, key)

    def end(self):
        """Two rounds: the first may make things in calls; those have no actions."""
        for _ in range(2):
            for v in range(VARIABLES):
                self.say("drop", v)
            self.say("collect")
            self.say("see")
        self.say("state")


def program(seed):
    """The lines of the program of that seed."""
    generator = Generator(seed, is_calm=seed % 4 == 1)
    phases = [generator.soup, generator.ring, generator.shared, generator.table]
    for _ in range(1 + generator.below(4)):
        generator.random.choice(phases)()
        generator.say("state")
    if seed % 16 == 0:
        generator.deep()
    generator.end()
    return generator.lines
