#!/usr/bin/python3
"""tape.py SEED GRAPHS PROGRAM...: random graphs, run by the engine (PROGRAM, tape.c) and by the seed
restated over numpy (seed.py). Half of them are of one kind, half of the other:

exact  Add, Sub, Neg, Mul and Square, several backward passes with and without retain_grad. Values and
       gradients must be equal bit for bit (any NaN is any other). Numbers beside arrays are among
       them: their gradients are sums, which the engine adds up in numpy's own order.

close  all operators. Errors would pile up from one to the next, so each operator is given what the
       engine computed before it: its values forward, the gradients of its outputs backward. What it
       makes of them has to be within 2 ulp of numpy's. An ulp is that of the result; for a sum (Sum,
       MatMul, SoftmaxCrossEntropy, the gradient of a number or a row beside many, several gradients
       that meet in a variable) it is that of the sum of the terms' magnitudes, since terms may
       cancel.

Exit status 0: no difference. A difference is printed with the program that shows it."""

import random
import subprocess
import sys

import numpy as np

import seed as reference

EXACT = ["Add", "Sub", "Mul", "Neg", "Square"]
CLOSE = EXACT + ["Div", "Pow", "Exp", "Tanh", "Sum", "MatMul", "AddRow", "SoftmaxCrossEntropy"] * 2
BESIDE_A_ROW = {"AddRow", "SoftmaxCrossEntropy"}
OF_ONE = {"Neg", "Square", "Exp", "Tanh", "Sum"}
MOST_ULP = 2


class Graph:
    """Lines for tape.c, and what they say."""

    def __init__(self, rng, is_exact):
        self.rng, self.is_exact = rng, is_exact
        self.leaves, self.uses, self.passes, self.shapes = {}, {}, [], []
        size = rng.choice([1, 2, 3, 5, 8, 17])
        self.shape = rng.choice([(), (size,), (size, size), (rng.randint(1, 6), size)])
        if rng.random() < 0.1:
            self.shape = rng.choice([(200,), (301,), (40, 30)])
        for shape in [self.shape, self.shape, ()]:
            self.leaf(shape)
        while len(self.shapes) < rng.randint(8, 40):
            self.use(rng.choice(EXACT if is_exact else CLOSE))
        self.choose_passes()

    def leaf(self, shape, given=None):
        values = [self.rng.uniform(-1.5, 1.5) for _ in range(int(np.prod(shape)))]
        if self.rng.random() < 0.2:
            values = [float(round(v)) for v in values]  # zeros and equal ones
        self.leaves[len(self.shapes)] = np.reshape(values if given is None else given, shape)
        self.shapes.append(shape)

    def pick(self):
        """Younger ones more often, so that graphs grow deep."""
        n = len(self.shapes)
        return n - 1 - int(n * self.rng.random() ** 2)

    def use(self, name):
        if name == "Pow":
            # Not 0.5, which numpy makes a square root: another value at minus infinity.
            self.leaf((), [self.rng.choice([2.0, 3.0, -1.0, 1.75, 2.5])])
            base = self.rng.randrange(len(self.shapes) - 1)
            return self.add(name, (base, len(self.shapes) - 1), self.shapes[base])
        i, j = self.pick(), self.pick()
        a, b = self.shapes[i], self.shapes[j]
        if name in OF_ONE:
            return self.add(name, (i,), () if name == "Sum" else a)
        if name == "MatMul":
            if len(a) == 2 and len(b) == 2 and a[1] == b[0]:
                self.add(name, (i, j), (a[0], b[1]))
        elif name in BESIDE_A_ROW:
            if len(a) == 2:
                self.use_beside_a_row(name, i, a)
        elif a == b or () in (a, b):
            self.add(name, (i, j), a if b == () else b)
        return None

    def use_beside_a_row(self, name, i, shape):
        if name == "AddRow":
            self.leaf(shape[1:])
        else:
            self.leaf(shape[:1], [float(self.rng.randrange(shape[1])) for _ in range(shape[0])])
        self.add(name, (i, len(self.shapes) - 1), shape if name == "AddRow" else ())

    def add(self, name, inputs, shape):
        self.uses[len(self.shapes)] = (name, inputs)
        self.shapes.append(shape)

    def choose_passes(self):
        if self.is_exact:
            for _ in range(self.rng.randint(1, 3)):
                self.passes.append((self.pick(), self.rng.random() < 0.6))
        self.passes.append((len(self.shapes) - 1, True))
        self.passes = self.passes if self.is_exact else self.passes[-1:]

    def lines(self):
        for i, shape in enumerate(self.shapes):
            if i in self.leaves:
                rows, columns = (1, 1, *shape)[-2:]
                values = " ".join(float(v).hex() for v in self.leaves[i].flat)
                yield f"leaf {len(shape)} {rows} {columns} {values}"
            else:
                name, inputs = self.uses[i]
                yield f"apply {name} {' '.join(map(str, inputs))}"
        for head, retains in self.passes:
            yield f"backward {head} {'all' if retains else 'leaves'}"
        yield "end"

    def function(self, i, variables):
        """The reference's function that makes variable i, and its inputs."""
        name, inputs = self.uses[i]
        if name == "Pow":
            return reference.Pow(float(variables[inputs[1]].data)), [variables[inputs[0]]]
        if name == "SoftmaxCrossEntropy":
            classes = variables[inputs[1]].data.astype(int)
            return reference.SoftmaxCrossEntropy(classes), [variables[inputs[0]]]
        return getattr(reference, name)(), [variables[j] for j in inputs]


class Difference(Exception):
    pass


def parse(words, shape):
    return np.reshape([float.fromhex(w) for w in words], shape)


def answers(output, graphs):
    """For each graph a list of pairs: data, and gradient or None."""
    lines = iter(output.splitlines())
    for graph in graphs:
        pairs = []
        for shape in graph.shapes:
            data, grad = next(lines).split()[1:], next(lines).split()
            pairs.append((parse(data, shape), parse(grad[1:], shape) if grad[0] == "grad" else None))
        yield pairs
    assert next(lines, None) is None, "the engine printed more than it was asked for"


def expect_equal(what, wanted, got):
    if (wanted is None) != (got is None):
        raise Difference(f"{what}: numpy has {wanted}, the engine {got}")
    if wanted is None:
        return 0
    same = (wanted.view(np.int64) == got.view(np.int64)) | (np.isnan(wanted) & np.isnan(got))
    if not same.all():
        raise Difference(f"{what}: numpy has {wanted}, the engine {got}")
    return got.size


def check_exact(graph, pairs):
    variables = []
    for i in range(len(graph.shapes)):
        if i in graph.leaves:
            variables.append(reference.Variable(graph.leaves[i]))
        else:
            function, inputs = graph.function(i, variables)
            variables.append(function(*inputs))
    with np.errstate(all="ignore"):
        for head, retains in graph.passes:
            variables[head].backward(retain_grad=retains)
    compared = 0
    for i, (variable, (data, grad)) in enumerate(zip(variables, pairs)):
        compared += expect_equal(f"value {i}", variable.data, data)
        compared += expect_equal(f"gradient {i}", variable.grad, grad)
    return compared


def expect_close(what, wanted, got, magnitude):
    with np.errstate(all="ignore"):
        off = np.asarray(np.abs(wanted - got) / np.spacing(np.abs(magnitude)))
    off[(wanted == got) | (np.isnan(wanted) & np.isnan(got))] = 0
    if not (off <= MOST_ULP).all():
        raise Difference(f"{what} is off by {np.nanmax(off)} ulp: numpy has {wanted}, the engine {got}")
    return got.size


def result_magnitude(function, y):
    if isinstance(function, reference.Sum):
        return np.sum(np.abs(function.xs[0]))
    if isinstance(function, reference.MatMul):
        return np.abs(function.xs[0]) @ np.abs(function.xs[1])
    if isinstance(function, reference.SoftmaxCrossEntropy):
        return function.magnitude()
    return np.abs(y)


def gradient_magnitudes(function, gys):
    if isinstance(function, reference.MatMul):
        x0, x1 = (np.abs(x) for x in function.xs)
        return [np.abs(gys[0]) @ x1.T, x0.T @ np.abs(gys[0])]
    if isinstance(function, reference.AddRow):
        return [np.abs(gys[0]), np.abs(gys[0]).sum(axis=0)]
    return [reference.fit(np.abs(p), x) for p, x in zip(function.partials(gys), function.inputs)]


def check_close(graph, pairs):
    compared, variables = 0, []
    for i, (data, _) in enumerate(pairs):
        if i in graph.leaves:
            compared += expect_equal(f"value {i}", graph.leaves[i], data)
            variables.append(reference.Variable(data))
        else:
            function, inputs = graph.function(i, variables)
            y = function(*inputs)
            what = f"value {i}, of {graph.uses[i][0]}"
            compared += expect_close(what, y.data, data, result_magnitude(function, y.data))
            y.data = data
            variables.append(y)
    number = {variable: i for i, variable in enumerate(variables)}
    head = graph.passes[0][0]
    sums = {head: np.ones(graph.shapes[head])}
    magnitudes = {head: sums[head]}
    with np.errstate(all="ignore"):
        for function in variables[head].backward():
            gys = [pairs[number[output()]][1] for output in function.outputs]
            for x, gx, m in zip(
                function.inputs, function.gradients(gys), gradient_magnitudes(function, gys)
            ):
                i = number[x]
                sums[i] = np.asarray(sums[i] + gx) if i in sums else gx
                magnitudes[i] = np.asarray(magnitudes[i] + m) if i in magnitudes else m
    for i, (_, grad) in enumerate(pairs):
        if (i in sums) != (grad is not None):
            raise Difference(f"gradient {i}: the engine {'lacks' if i in sums else 'has'} it")
        if i in sums:
            compared += expect_close(f"gradient {i}", sums[i], grad, magnitudes[i])
    return compared


def main():
    seed, count, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    rng = random.Random(seed)
    graphs = [Graph(rng, is_exact=i % 2 == 0) for i in range(count)]
    text = "\n".join(line for graph in graphs for line in graph.lines())
    run = subprocess.run(program, input=text, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{program[-1]} left with {run.returncode}: {run.stderr}")
    compared = 0
    for number, (graph, pairs) in enumerate(zip(graphs, answers(run.stdout, graphs))):
        try:
            compared += (check_exact if graph.is_exact else check_close)(graph, pairs)
        except Difference as difference:
            text = "\n".join(line for line in graph.lines())
            sys.exit(f"seed {seed}, graph {number}:\n{text}\n{difference}")
    print(f"seed {seed}: {count} graphs, {compared} numbers compared")


main()
