#!/usr/bin/env python3
"""Writes tests/golden/lambda/LIBRARY.txt: the same small problems as each library trains them, with
its own penalty; tests/train/lambda_test.cpp converts that penalty and trains them with Ridgeline.

usage: tools/golden/lambda.py [--only LIBRARY] [FOLDER]

LIBRARY is pytorch, keras, sklearn or glmnet, which need `pip install torch`, `keras` (with a
backend), `scikit-learn` and `python-glmnet`, or numpy: what cannot be installed (Caffe, darknet) or
is a formula of a paper, its update written down in NumPy. Ends with 5 where the library is missing.

A case is named CONVENTION/OPTIMISER/LOSS/REMARK. OPTIMISER is `minimum` where only the minimum is
compared. Its lines are NAME COUNT VALUE...: the penalty's numbers (number:NAME), the facts beside
them (fact:NAME), the images x, their labels or targets, the start, and the weights at the end or
behind every step, kernels as [out, in].
"""
import argparse
import importlib
import inspect
import pathlib
import sys

try:
    import numpy as np
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(5)

images, features, hidden, batch, steps = 48, 5, 3, 8, 8
names = ("dense_1.kernel", "dense_1.bias", "dense_2.kernel", "dense_2.bias")


def single(values):
    """Rounded to single precision, so that both sides begin with the same numbers."""
    return np.asarray(values, np.float32).astype(np.float64)


class Golden:
    def __init__(self):
        self.lines = []

    def add(self, name, values):
        values = np.asarray(values, np.float64).reshape(-1)
        self.lines.append(" ".join([name, str(len(values))] + [f"{v:.10g}" for v in values]))

    def case(self, name, problem, numbers, facts):
        self.lines.append("case " + name)
        for key, value in numbers.items():
            self.add("number:" + key, value)
        for key, value in facts.items():
            self.add("fact:" + key, value)
        self.add("x", problem.x)
        self.add("labels" if problem.loss == "cross-entropy" else "targets", problem.y)


class Problem:
    """Images with targets that a linear function explains in part."""

    def __init__(self, loss, outputs):
        random = np.random.default_rng(7 + outputs + len(loss))
        self.loss, self.outputs = loss, outputs
        self.x = single(random.normal(size=(images, features)) * np.linspace(0.5, 1.5, features))
        truth = random.normal(size=(features, outputs))
        head = self.x @ truth + 0.8 * random.normal(size=(images, outputs)) + 0.3
        if loss == "mse":
            self.y = single(2 * head)
        elif loss == "cross-entropy":
            self.y = head.argmax(1)
        else:
            self.y = (head > 0.3).astype(float)
        # Away from 0: there, an l1's subgradient and its proximal step differ.
        shapes = ((hidden, features), (hidden,), (outputs, hidden), (outputs,))
        self.start = [single(random.choice([-1, 1], s) * random.uniform(0.3, 0.9, s)) for s in shapes]

    def one_hot(self):
        return np.eye(self.outputs)[self.y] if self.loss == "cross-entropy" else self.y.reshape(images, -1)

    def batches(self):
        for step in range(steps):
            first = step * batch % images
            yield slice(first, first + batch)


# ---- minima of linear models

def minimum(golden, name, problem, numbers, kernel, bias, **facts):
    golden.case(name, problem, numbers, {"images": images, "outputs": problem.outputs, **facts})
    golden.add("end:dense_1.kernel", kernel)
    golden.add("end:dense_1.bias", bias)


def halves(v):
    """A single vector that tells two classes apart, as the two of a softmax."""
    return np.stack([-v / 2, v / 2])


def penalty_is_implied(kind):
    """By l1_ratio, as from scikit-learn 1.8 on."""
    penalty = inspect.signature(kind).parameters.get("penalty")
    return penalty is None or penalty.default == "deprecated"


def sklearn_minima(golden):
    from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge

    for outputs in (1, 2):
        p = Problem("mse", outputs)
        y = p.y[:, 0] if outputs == 1 else p.y
        fit = Ridge(alpha=9, solver="cholesky").fit(p.x, y)
        minimum(golden, f"sklearn-ridge/minimum/mse/{outputs}-outputs", p, {"alpha": 9}, fit.coef_, fit.intercept_)
        fit = Lasso(alpha=0.4, tol=1e-14, max_iter=100000).fit(p.x, y)
        minimum(golden, f"sklearn-lasso/minimum/mse/{outputs}-outputs", p, {"alpha": 0.4}, fit.coef_, fit.intercept_)
        fit = ElasticNet(alpha=0.5, l1_ratio=0.3, tol=1e-14, max_iter=100000).fit(p.x, y)
        minimum(golden, f"sklearn-elasticnet/minimum/mse/{outputs}-outputs", p, {"alpha": 0.5, "l1_ratio": 0.3},
                fit.coef_, fit.intercept_)
    p = Problem("cross-entropy", 3)
    fit = LogisticRegression(C=0.3, tol=1e-12, max_iter=10000).fit(p.x, p.y)
    minimum(golden, "sklearn-logistic/minimum/cross-entropy/3-classes", p, {"C": 0.3}, fit.coef_, fit.intercept_)
    named = {} if penalty_is_implied(LogisticRegression) else {"penalty": "elasticnet"}
    fit = LogisticRegression(C=0.2, l1_ratio=0.4, solver="saga", tol=1e-13, max_iter=200000, **named).fit(p.x, p.y)
    minimum(golden, "sklearn-logistic/minimum/cross-entropy/mixed", p, {"C": 0.2, "l1_ratio": 0.4}, fit.coef_,
            fit.intercept_)
    p = Problem("cross-entropy", 2)
    fit = LogisticRegression(C=0.3, tol=1e-12, max_iter=10000).fit(p.x, p.y)
    minimum(golden, "sklearn-logistic/minimum/cross-entropy/2-classes", p, {"C": 0.3}, halves(fit.coef_[0]),
            halves(fit.intercept_[0]))
    for outputs in (1, 2):
        p = Problem("binary-cross-entropy", outputs)
        fits = [LogisticRegression(C=0.3, tol=1e-12, max_iter=10000).fit(p.x, p.y[:, k]) for k in range(outputs)]
        minimum(golden, f"sklearn-logistic/minimum/binary-cross-entropy/{outputs}-outputs", p, {"C": 0.3},
                [f.coef_ for f in fits], [f.intercept_ for f in fits])


def glmnet_minima(golden):
    from glmnet import ElasticNet, LogitNet

    def fit(kind, p, y, strength, share):
        # The last point of a path counts. The first one makes a near start for it.
        model = kind(alpha=share, lambda_path=[2 * strength, strength], standardize=False, n_splits=0, tol=1e-14,
                     max_iter=1000000)
        model.fit(p.x, y)
        return model.coef_path_[..., -1], model.intercept_path_[..., -1]

    p = Problem("mse", 1)
    for share in (0, 0.4, 1):
        kernel, bias = fit(ElasticNet, p, p.y[:, 0], 0.7, share)
        minimum(golden, f"glmnet/minimum/mse/alpha-{share}", p, {"lambda": 0.7, "alpha": share}, kernel, bias,
                target_sd=p.y.std())
    p = Problem("binary-cross-entropy", 1)
    kernel, bias = fit(LogitNet, p, p.y[:, 0], 0.05, 0.4)
    minimum(golden, "glmnet/minimum/binary-cross-entropy/mixed", p, {"lambda": 0.05, "alpha": 0.4}, kernel, bias)
    p = Problem("cross-entropy", 2)
    kernel, bias = fit(LogitNet, p, p.y, 0.05, 0.4)
    minimum(golden, "glmnet/minimum/cross-entropy/2-classes", p, {"lambda": 0.05, "alpha": 0.4},
            halves(kernel.reshape(-1)), halves(bias.reshape(-1)[0]))
    p = Problem("cross-entropy", 3)
    kernel, bias = fit(LogitNet, p, p.y, 0.05, 0.4)
    minimum(golden, "glmnet/minimum/cross-entropy/3-classes", p, {"lambda": 0.05, "alpha": 0.4}, kernel, bias)


# ---- steps of a network of two layers, tanh between

def trajectory(golden, name, problem, numbers, facts, train):
    """`train` gives the four parameters behind each step."""
    golden.case(name, problem, numbers, {"images": images, "batch": batch, "outputs": problem.outputs, **facts})
    for key, value in zip(names, problem.start):
        golden.add("start:" + key, value)
    for step, weights in enumerate(train(problem)):
        for key, value in zip(names, weights):
            golden.add(f"step:{step}:{key}", value)


def pytorch(golden):
    import torch
    import torch.nn.functional as F

    def train(make):
        def run(p):
            w = [torch.tensor(v, requires_grad=True) for v in p.start]
            optimizer = make([w[0], w[2]], [w[1], w[3]])
            x = torch.tensor(p.x)
            y = torch.tensor(p.y)
            loss = F.mse_loss if p.loss == "mse" else F.cross_entropy
            for rows in p.batches():
                head = F.linear(torch.tanh(F.linear(x[rows], w[0], w[1])), w[2], w[3])
                optimizer.zero_grad()
                loss(head, y[rows]).backward()
                optimizer.step()
                yield [v.detach().numpy() for v in w]
        return run

    def groups(kind, decay, **options):
        return lambda kernels, biases: kind([{"params": kernels, "weight_decay": decay},
                                             {"params": biases, "weight_decay": 0}], **options)

    def case(name, problem, kind, decay, **options):
        numbers = {"weight_decay": decay}
        facts = {"learning_rate": options["lr"], "momentum": options.get("momentum", 0)}
        trajectory(golden, name, problem, numbers, facts, train(groups(kind, decay, **options)))

    classes, squares = Problem("cross-entropy", 3), Problem("mse", 2)
    case("pytorch/sgd/cross-entropy/plain", classes, torch.optim.SGD, 0.5, lr=0.2)
    case("pytorch/sgd/cross-entropy/momentum", classes, torch.optim.SGD, 0.5, lr=0.1, momentum=0.9)
    case("pytorch/sgd/mse/2-outputs", squares, torch.optim.SGD, 0.5, lr=0.1)
    case("pytorch/adam/cross-entropy/coupled", classes, torch.optim.Adam, 0.3, lr=0.05, eps=1e-9)
    case("pytorch-adamw/adamw/cross-entropy/decoupled", classes, torch.optim.AdamW, 0.5, lr=0.05, eps=1e-9)


def keras(golden):
    import keras as k

    k.backend.set_floatx("float64")

    def train(regularizer, optimizer):
        def run(p):
            activation = "softmax" if p.loss == "cross-entropy" else "linear"
            model = k.Sequential([
                k.Input((features,)),
                k.layers.Dense(hidden, activation="tanh", kernel_regularizer=regularizer),
                k.layers.Dense(p.outputs, activation=activation, kernel_regularizer=regularizer)])
            if optimizer.weight_decay:
                optimizer.exclude_from_weight_decay(var_names=["bias"])
            model.compile(loss="sparse_categorical_crossentropy" if p.loss == "cross-entropy" else "mse",
                          optimizer=optimizer)
            model.set_weights([v.T for v in p.start])
            for rows in p.batches():
                model.train_on_batch(p.x[rows], p.y[rows])
                yield [v.T for v in model.get_weights()]
        return run

    def case(name, problem, numbers, regularizer, optimizer):
        facts = {"learning_rate": float(optimizer.learning_rate), "momentum": getattr(optimizer, "momentum", 0)}
        trajectory(golden, name, problem, numbers, facts, train(regularizer, optimizer))

    classes, squares = Problem("cross-entropy", 3), Problem("mse", 2)
    o, r = k.optimizers, k.regularizers
    case("keras/sgd/cross-entropy/plain", classes, {"l2": 0.25}, r.L2(0.25), o.SGD(0.2))
    case("keras/sgd/cross-entropy/momentum", classes, {"l2": 0.25}, r.L2(0.25), o.SGD(0.1, momentum=0.9))
    case("keras/sgd/mse/2-outputs", squares, {"l2": 0.25}, r.L2(0.25), o.SGD(0.1))
    case("keras/sgd/cross-entropy/l1", classes, {"l1": 0.15, "l2": 0.1}, r.L1L2(l1=0.15, l2=0.1), o.SGD(0.05))
    case("keras/adam/cross-entropy/coupled", classes, {"l2": 0.15}, r.L2(0.15), o.Adam(0.05, epsilon=1e-9))
    case("keras-decay/adamw/cross-entropy/decoupled", classes, {"weight_decay": 0.5}, None,
         o.AdamW(0.05, weight_decay=0.5, epsilon=1e-9))
    case("keras-decay/sgd/cross-entropy/plain", classes, {"weight_decay": 0.5}, None, o.SGD(0.2, weight_decay=0.5))
    case("keras-decay/sgd/cross-entropy/momentum", classes, {"weight_decay": 0.5}, None,
         o.SGD(0.1, momentum=0.9, weight_decay=0.5))


def sklearn_steps(golden):
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    def train(kind, **options):
        def run(p):
            y = p.y[:, 0] if p.y.ndim == 2 and p.outputs == 1 else p.y
            model = kind(hidden_layer_sizes=(hidden,), activation="tanh", shuffle=False, epsilon=1e-9,
                         nesterovs_momentum=False, **options)
            known = {} if p.loss == "mse" else {"classes": np.arange(max(p.outputs, 2))}
            model.partial_fit(p.x[:batch], y[:batch], **known)
            del model._optimizer  # begin with our start, before any step
            for k in range(2):
                model.coefs_[k][:] = p.start[2 * k].T
                model.intercepts_[k][:] = p.start[2 * k + 1]
            for rows in p.batches():
                model.partial_fit(p.x[rows], y[rows])
                yield [model.coefs_[0].T, model.intercepts_[0], model.coefs_[1].T, model.intercepts_[1]]
        return run

    def case(name, problem, kind, **options):
        facts = {"learning_rate": options["learning_rate_init"], "momentum": options.get("momentum", 0)}
        trajectory(golden, name, problem, {"alpha": options["alpha"]}, facts, train(kind, **options))

    classes = Problem("cross-entropy", 3)
    case("sklearn-mlp/sgd/cross-entropy/momentum", classes, MLPClassifier, alpha=4, solver="sgd",
         learning_rate_init=0.1, momentum=0.9)
    case("sklearn-mlp/adam/cross-entropy/coupled", classes, MLPClassifier, alpha=2, solver="adam",
         learning_rate_init=0.05)
    for outputs in (1, 2):
        case(f"sklearn-mlp/sgd/mse/{outputs}-outputs", Problem("mse", outputs), MLPRegressor, alpha=4, solver="sgd",
             learning_rate_init=0.05, momentum=0)
        case(f"sklearn-mlp/sgd/binary-cross-entropy/{outputs}-outputs", Problem("binary-cross-entropy", outputs),
             MLPClassifier, alpha=4, solver="sgd", learning_rate_init=0.2, momentum=0)


def sklearn(golden):
    sklearn_minima(golden)
    sklearn_steps(golden)


def summed_gradient(p, w, rows):
    """Of half the squares, -log softmax or the sigmoids' losses, summed over the rows and outputs: in all
    three what comes back is output - truth."""
    x, truth = p.x[rows], p.one_hot()[rows]
    h = np.tanh(x @ w[0].T + w[1])
    z = h @ w[2].T + w[3]
    if p.loss == "cross-entropy":
        e = np.exp(z - z.max(1, keepdims=True))
        z = e / e.sum(1, keepdims=True)
    elif p.loss == "binary-cross-entropy":
        z = 1 / (1 + np.exp(-z))
    back = z - truth
    inner = back @ w[2] * (1 - h * h)
    return [inner.T @ x, inner.sum(0), back.T @ h, back.sum(0)]


def formulas(golden):
    kernels = (0, 2)

    # SGDSolver: the gradient of the layers' means + weight_decay * w (Regularize), then
    # history = momentum * history + lr * gradient; w -= history (ComputeUpdateValue).
    def caffe(rate, momentum, weight_decay):
        def run(p):
            w = [v.copy() for v in p.start]
            history = [np.zeros_like(v) for v in w]
            for rows in p.batches():
                for k, sum_ in enumerate(summed_gradient(p, w, rows)):
                    diff = sum_ / batch  # SoftmaxWithLoss, EuclideanLoss, SigmoidCrossEntropyLoss: / num
                    if k in kernels:
                        diff += weight_decay * w[k]
                    history[k] = momentum * history[k] + rate * diff
                    w[k] -= history[k]
                yield w
        return run

    # update_connected_layer: updates += truth - output (summed over the batch) - decay * batch * w;
    # w += lr / batch * updates; updates *= momentum.
    def darknet(rate, momentum, decay):
        def run(p):
            w = [v.copy() for v in p.start]
            updates = [np.zeros_like(v) for v in w]
            for rows in p.batches():
                for k, sum_ in enumerate(summed_gradient(p, w, rows)):
                    updates[k] -= sum_
                    if k in kernels:
                        updates[k] -= decay * batch * w[k]
                    w[k] += rate / batch * updates[k]
                    updates[k] *= momentum
                yield w
        return run

    for convention, number, make in (("caffe", "weight_decay", caffe), ("darknet", "decay", darknet)):
        for loss, outputs, momentum in (("cross-entropy", 3, 0), ("cross-entropy", 3, 0.9), ("mse", 2, 0.9),
                                        ("binary-cross-entropy", 2, 0)):
            trajectory(golden, f"{convention}/sgd/{loss}/momentum-{momentum}", Problem(loss, outputs), {number: 0.4},
                       {"learning_rate": 0.05, "momentum": momentum}, make(0.05, momentum, 0.4))

    # Adam's step, as a multiple of the learning rate.
    def adam_steps(p, shrink):
        w = [v.copy() for v in p.start]
        m, v = [np.zeros_like(x) for x in w], [np.zeros_like(x) for x in w]
        for t, rows in enumerate(p.batches(), 1):
            for k, sum_ in enumerate(summed_gradient(p, w, rows)):
                g = sum_ / batch
                m[k] = 0.9 * m[k] + 0.1 * g
                v[k] = 0.999 * v[k] + 0.001 * g * g
                w[k] = shrink(w[k], m[k] / (1 - 0.9**t) / (np.sqrt(v[k] / (1 - 0.999**t)) + 1e-9), k in kernels)
            yield w

    # 1711.05101, algorithm 2, lines 9 and 12: theta -= eta (alpha * step + lambda * theta), eta = 1.
    def paper(rate, strength):
        return lambda p: adam_steps(p, lambda w, step, kernel: w - (rate * step + (strength * w if kernel else 0)))

    # 2405.13698, section 2: w = (1 - 1/tau) w + (1/tau) q with q = -step / lambda: an average of
    # the last tau updates. tau is in epochs times the steps of an epoch.
    def average(rate, tau):
        return lambda p: adam_steps(p, lambda w, step, kernel: (1 - (1 / tau if kernel else 0)) * w - rate * step)

    classes, rate, epochs = Problem("cross-entropy", 3), 0.05, 12
    facts = {"learning_rate": rate}
    trajectory(golden, "adamw-paper/adamw/cross-entropy/algorithm-2", classes, {"lambda": 0.03}, facts,
               paper(rate, 0.03))
    trajectory(golden, "adamw-normalized/adamw/cross-entropy/epochs", classes, {"lambda_norm": 0.3},
               facts | {"epochs": epochs}, paper(rate, 0.3 * np.sqrt(batch / (images * epochs))))
    trajectory(golden, "adamw-normalized/adamw/cross-entropy/steps", classes, {"lambda_norm": 0.3},
               facts | {"steps": 100}, paper(rate, 0.3 / np.sqrt(100)))
    trajectory(golden, "timescale/adamw/cross-entropy/epochs", classes, {"tau_epoch": 5}, facts,
               average(rate, 5 * images / batch))
    trajectory(golden, "timescale-steps/adamw/cross-entropy/steps", classes, {"tau_iter": 20}, facts,
               average(rate, 20))


libraries = {"numpy": ("numpy", formulas), "pytorch": ("torch", pytorch), "keras": ("keras", keras),
             "sklearn": ("sklearn", sklearn), "glmnet": ("glmnet", glmnet_minima)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", choices=libraries)
    parser.add_argument("folder", nargs="?", default=pathlib.Path(__file__).parents[2] / "tests/golden/lambda")
    arguments = parser.parse_args()
    folder = pathlib.Path(arguments.folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, (module, write) in libraries.items():
        if arguments.only not in (None, name):
            continue
        try:
            importlib.import_module(module)
        except ImportError as error:
            print(f"{name}: {error}", file=sys.stderr)
            sys.exit(5)
        golden = Golden()
        write(golden)
        (folder / (name + ".txt")).write_text("\n".join(golden.lines) + "\n")


if __name__ == "__main__":
    main()
