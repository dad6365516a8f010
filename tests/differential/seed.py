"""The seed, restated over numpy: Variable, Function and backward of steps 17 and 18, and the operators
of the later steps. An operator's backward gives the gradients as they come out element by element;
where an operand was a number beside many elements, `fit` adds them up."""

import weakref

import numpy as np


class Variable:
    def __init__(self, data):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = None
        self.creator = None
        self.generation = 0

    def backward(self, retain_grad=True):
        """Returns the functions in the order in which they were visited."""
        if self.grad is None:
            self.grad = np.ones_like(self.data)
        visited, waiting, seen = [], [], set()

        def push(function):
            if function is not None and function not in seen:
                seen.add(function)
                waiting.append(function)
                waiting.sort(key=lambda f: f.generation)

        push(self.creator)
        while waiting:
            function = waiting.pop()
            visited.append(function)
            outputs = [output() for output in function.outputs]
            for x, gx in zip(function.inputs, function.gradients([y.grad for y in outputs])):
                x.grad = gx if x.grad is None else np.asarray(x.grad + gx)
                push(x.creator)
            if not retain_grad:
                for y in outputs:
                    y.grad = None
        return visited


def fit(gradient, x):
    """What numpy returns for a number is no array; the seed's as_array puts that right."""
    if x.data.shape == () and gradient.shape != ():
        gradient = np.sum(gradient)
    return np.asarray(gradient)


class Function:
    def __call__(self, *inputs):
        self.inputs = inputs
        self.generation = max(x.generation for x in inputs)
        with np.errstate(all="ignore"):
            y = Variable(np.asarray(self.forward(*[x.data for x in inputs])))
        y.creator = self
        y.generation = self.generation + 1
        self.outputs = [weakref.ref(y)]
        return y

    def gradients(self, gys):
        return [fit(g, x) for g, x in zip(self.partials(gys), self.inputs)]

    def partials(self, gys):
        with np.errstate(all="ignore"):
            gxs = self.backward(*gys)
        gxs = gxs if isinstance(gxs, tuple) else (gxs,)
        return [np.asarray(gx) for gx in gxs]

    @property
    def xs(self):
        return [x.data for x in self.inputs]


class Neg(Function):
    def forward(self, x):
        return -x

    def backward(self, gy):
        return -gy


class Add(Function):
    def forward(self, x0, x1):
        return x0 + x1

    def backward(self, gy):
        return gy, gy


class Sub(Function):
    def forward(self, x0, x1):
        return x0 - x1

    def backward(self, gy):
        return gy, -gy


class Mul(Function):
    def forward(self, x0, x1):
        return x0 * x1

    def backward(self, gy):
        x0, x1 = self.xs
        return gy * x1, gy * x0


class Div(Function):
    def forward(self, x0, x1):
        return x0 / x1

    def backward(self, gy):
        x0, x1 = self.xs
        return gy / x1, gy * (-x0 / x1**2)


class Square(Function):
    def forward(self, x):
        return x * x

    def backward(self, gy):
        return 2 * self.xs[0] * gy


class Pow(Function):
    def __init__(self, exponent):
        self.exponent = exponent

    def forward(self, x):
        return x**self.exponent

    def backward(self, gy):
        return self.exponent * self.xs[0] ** (self.exponent - 1) * gy


class Exp(Function):
    def forward(self, x):
        return np.exp(x)

    def backward(self, gy):
        return gy * self.outputs[0]().data


class Tanh(Function):
    def forward(self, x):
        return np.tanh(x)

    def backward(self, gy):
        y = self.outputs[0]().data
        return gy * (1 - y * y)


class Sum(Function):
    def forward(self, x):
        return np.sum(x)

    def backward(self, gy):
        return np.broadcast_to(gy, self.xs[0].shape)


class MatMul(Function):
    def forward(self, x0, x1):
        return x0 @ x1

    def backward(self, gy):
        x0, x1 = self.xs
        return gy @ x1.T, x0.T @ gy


class AddRow(Function):
    """The course's Add with a row beside a matrix, whose gradient is summed to the row's shape."""

    def forward(self, x, row):
        return x + row

    def backward(self, gy):
        return gy, gy.sum(axis=0)


class SoftmaxCrossEntropy(Function):
    def __init__(self, classes):
        self.classes = classes

    def forward(self, x):
        most = x.max(axis=1, keepdims=True)
        log_sum = most + np.log(np.exp(x - most).sum(axis=1, keepdims=True))
        log_p = (x - log_sum)[np.arange(len(x)), self.classes]
        return -log_p.sum() / len(x)

    def magnitude(self):
        """Of the terms of its sum, each of which is a sum itself."""
        x = self.xs[0]
        with np.errstate(all="ignore"):
            most = x.max(axis=1, keepdims=True)
            log_sum = np.log(np.exp(x - most).sum(axis=1, keepdims=True))
        picked = x[np.arange(len(x)), self.classes]
        return (np.abs(picked) + np.abs(most[:, 0]) + np.abs(log_sum[:, 0])).sum() / len(x)

    def backward(self, gy):
        x = self.xs[0]
        p = np.exp(x - x.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        return (p - np.eye(x.shape[1])[self.classes]) * (gy / len(x))
