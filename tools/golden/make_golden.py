#!/usr/bin/env python3
"""Writes tests/golden/*.txt: what PyTorch computes, in double precision, for layers, losses and
optimisers. Needs `pip install torch numpy`; the tests need neither.

usage: tools/golden/make_golden.py [FOLDER]

A file holds named arrays, one a line: NAME COUNT VALUE...; a case begins with `case NAME`.
"""
import pathlib
import sys
import unittest.mock

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "tests/golden")


class Golden:
    def __init__(self, name):
        self.lines, self.path = [], folder / name

    def case(self, name):
        self.lines.append(f"case {name}")

    def add(self, name, tensor):
        values = torch.as_tensor(tensor).detach().double().reshape(-1).tolist()
        self.lines.append(" ".join([name, str(len(values))] + [f"{v:.9g}" for v in values]))

    def write(self):
        self.path.write_text("\n".join(self.lines) + "\n")


def single(tensor):
    """Rounded to single precision, so that both sides begin with the same numbers."""
    return tensor.float().double().requires_grad_()


def network(golden, name, shape, parameters, forward, images=3, classes=3, loss=None):
    golden.case(name)
    torch.manual_seed(sum(map(ord, name)))
    x = single(torch.randn(images, *shape))
    labels = torch.randint(0, classes, (images,))
    weights = {key: single(0.5 * torch.randn(*size)) for key, size in parameters.items()}
    head = forward(x, weights)
    value = loss(head, labels) if loss else F.cross_entropy(head, labels)
    value.backward()
    golden.add("input", x)
    golden.add("labels", labels)
    golden.add("head", head)
    golden.add("loss", value)
    golden.add("gradient:input", x.grad)
    for key, weight in weights.items():
        golden.add("weight:" + key, weight)
        golden.add("gradient:" + key, weight.grad)


def dense(x, w, name):
    return F.linear(x, w[name + ".kernel"], w[name + ".bias"])


def layers():
    g = Golden("layers.txt")
    head = lambda inputs, classes=3, name="dense_1": {name + ".kernel": (classes, inputs), name + ".bias": (classes,)}

    def conv(filters, channels, kernel, name="conv2d_1"):
        return {name + ".kernel": (filters, channels, *kernel), name + ".bias": (filters,)}

    network(g, "conv_relu", (2, 5, 6), conv(3, 2, (3, 3)) | head(3 * 3 * 4),
            lambda x, w: dense(F.relu(F.conv2d(x, w["conv2d_1.kernel"], w["conv2d_1.bias"])).flatten(1), w, "dense_1"))
    network(g, "conv_strided_dilated_grouped", (4, 8, 7), conv(6, 2, (3, 2)) | head(6 * 4 * 8),
            lambda x, w: dense(F.leaky_relu(F.conv2d(
                F.pad(x, (2, 1, 1, 1)), w["conv2d_1.kernel"], w["conv2d_1.bias"], stride=(2, 1), dilation=(1, 2), groups=2),
                0.2).flatten(1), w, "dense_1"))
    # 'same': the odd pixel at the right and bottom
    network(g, "conv_same_even_kernel", (1, 5, 5), conv(2, 1, (2, 4)) | head(2 * 3 * 3),
            lambda x, w: dense(F.conv2d(F.pad(x, (1, 2, 0, 1)), w["conv2d_1.kernel"], w["conv2d_1.bias"], stride=2).flatten(1),
                               w, "dense_1"))
    network(g, "max_pool", (2, 7, 7), head(2 * 3 * 3),
            lambda x, w: dense(F.max_pool2d(x, 3, 2).flatten(1), w, "dense_1"))
    network(g, "average_pool", (2, 6, 6), head(2 * 4 * 4),
            lambda x, w: dense(F.avg_pool2d(x, 3, 1).flatten(1), w, "dense_1"))
    network(g, "average_pool_padded", (2, 5, 5), head(2 * 3 * 3),
            lambda x, w: dense(F.avg_pool2d(x, 3, 2, padding=1, count_include_pad=False).flatten(1), w, "dense_1"))
    for mode, size in {"nearest": (2, 3), "bilinear": (3, 2)}.items():
        network(g, "upsample_" + mode, (2, 3, 4), head(2 * 3 * 4 * 6),
                lambda x, w, mode=mode, size=size: dense(F.interpolate(x, scale_factor=size, mode=mode).flatten(1),
                                                         w, "dense_1"))
    norm = {"batch_norm2d_1.gamma": (3,), "batch_norm2d_1.beta": (3,)}
    network(g, "batch_norm", (3, 4, 5), norm | head(3),
            lambda x, w: dense(F.relu(F.batch_norm(x, None, None, w["batch_norm2d_1.gamma"], w["batch_norm2d_1.beta"],
                                                   training=True, eps=1e-3)).mean((2, 3)), w, "dense_1"))
    for name, function in {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "gelu": F.gelu, "silu": F.silu,
                           "softmax": lambda x: F.softmax(x, 1)}.items():
        network(g, "activation_" + name, (2, 3, 3), head(2 * 3 * 3),
                lambda x, w, f=function: dense(f(x).flatten(1), w, "dense_1"))

    def residual(x, w):
        a = F.relu(F.conv2d(x, w["conv2d_1.kernel"], w["conv2d_1.bias"], padding=1))
        b = F.conv2d(a, w["conv2d_2.kernel"], w["conv2d_2.bias"])
        return dense(torch.cat([a + b, x], 1).flatten(1), w, "dense_1")

    network(g, "residual_concat", (2, 4, 4), conv(3, 2, (3, 3)) | conv(3, 3, (1, 1), "conv2d_2") | head(5 * 16), residual)
    network(g, "loss_mse_on_softmax", (1, 3, 3), head(9, 4),
            lambda x, w: F.softmax(dense(x.flatten(1), w, "dense_1"), 1), classes=4,
            loss=lambda p, t: F.mse_loss(p, F.one_hot(t, 4).double()))
    network(g, "loss_binary", (1, 3, 3), head(9, 1), lambda x, w: dense(x.flatten(1), w, "dense_1"), classes=2,
            loss=lambda z, t: F.binary_cross_entropy_with_logits(z[:, 0], t.double()))
    network(g, "loss_smoothing", (1, 3, 3), head(9, 4), lambda x, w: dense(x.flatten(1), w, "dense_1"), classes=4,
            loss=lambda z, t: F.cross_entropy(z, t, label_smoothing=0.1))
    weights = torch.tensor([0.5, 2.0, 1.0, 0.25])
    network(g, "loss_class_weights", (1, 3, 3), head(9, 4), lambda x, w: dense(x.flatten(1), w, "dense_1"), classes=4,
            images=6, loss=lambda z, t: F.cross_entropy(z, t, weight=weights))
    network(g, "loss_class_weights_smoothing", (1, 3, 3), head(9, 4), lambda x, w: dense(x.flatten(1), w, "dense_1"),
            classes=4, images=6, loss=lambda z, t: F.cross_entropy(z, t, weight=weights, label_smoothing=0.2))
    g.write()


class Written:
    """An optimiser that PyTorch has not, from its paper: what `update(state, w, g, t)` gives is taken off."""

    def __init__(self, tensors, update):
        self.tensors, self.update, self.t = tensors, update, 0
        self.states = [dict(m=torch.zeros_like(w), v=torch.zeros_like(w)) for w in tensors]

    @torch.no_grad()
    def step(self):
        self.t += 1
        for w, state in zip(self.tensors, self.states):
            w -= self.update(state, w, w.grad, self.t)


def lion(state, w, g, t, lr=0.01, b1=0.9, b2=0.99):
    step = lr * torch.sign(b1 * state["m"] + (1 - b1) * g)
    state["m"] = b2 * state["m"] + (1 - b2) * g
    return step


def lamb(state, w, g, t, lr=0.02, b1=0.9, b2=0.999, eps=1e-7):
    state["m"] = b1 * state["m"] + (1 - b1) * g
    state["v"] = b2 * state["v"] + (1 - b2) * g * g
    r = state["m"] / (1 - b1**t) / ((state["v"] / (1 - b2**t)).sqrt() + eps)
    return lr * (w.norm() / r.norm() if w.dim() == 2 else 1) * r


def lars(state, w, g, t, lr=0.5, momentum=0.9, trust=0.02):
    ratio = trust * w.norm() / g.norm() if w.dim() == 2 else 1
    state["m"] = momentum * state["m"] + lr * ratio * g
    return state["m"]


class Several:
    """Optimisers of different tensors as one."""

    def __init__(self, *optimizers):
        self.optimizers = optimizers

    def step(self):
        # Muon computes in bf16: here in double, as everything.
        with unittest.mock.patch.object(torch, "bfloat16", torch.float64):
            for optimizer in self.optimizers:
                optimizer.step()


def muon(groups, **options):
    kernels, others = ([p for group in groups for p in group["params"] if (p.dim() == 2) == kernel]
                       for kernel in (True, False))
    return Several(torch.optim.Muon(kernels, lr=0.01, adjust_lr_fn="match_rms_adamw", **options),
                   torch.optim.Adam(others, lr=0.01, eps=1e-7))


def all_of(groups):
    return [p for group in groups for p in group["params"]]


def trajectories():
    """Twelve steps of two kernels and two biases under given gradients, the same for all kinds; the
    kernels are penalised by 0.1: coupled (l2) or decoupled (decay), by PyTorch where it can, else here.
    """
    g = Golden("optimizers.txt")
    shapes, steps, strength = ((4, 27), (4,), (12, 5), (5,)), 12, 0.1
    torch.manual_seed(3)
    start = [single(torch.randn(shape)).detach() for shape in shapes]
    gradients = [[torch.randn(shape).float().double() for shape in shapes] for _ in range(steps)]
    g.case("given")
    for i in range(len(shapes)):
        g.add(f"start:{i}", start[i])
        for step in range(steps):
            g.add(f"gradient:{step}:{i}", gradients[step][i])
    O = torch.optim
    adam, rms, decoupled = dict(lr=0.01, eps=1e-7), dict(lr=0.01, alpha=0.9, eps=1e-7), dict(decoupled_weight_decay=True)
    by_pytorch = {
        "sgd": lambda p: O.SGD(p, lr=0.05),
        "sgd_l2": lambda p: O.SGD(p, lr=0.05),
        "momentum_l2": lambda p: O.SGD(p, lr=0.05, momentum=0.9),
        "nesterov_l2": lambda p: O.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
        "adam": lambda p: O.Adam(p, **adam),
        "adam_l2": lambda p: O.Adam(p, **adam),
        "adamw_decay": lambda p: O.AdamW(p, **adam),
        "nadam": lambda p: O.NAdam(p, **adam),
        "nadam_l2": lambda p: O.NAdam(p, **adam),
        "nadam_decay": lambda p: O.NAdam(p, **adam, **decoupled),
        "radam": lambda p: O.RAdam(p, **adam),
        "radam_l2": lambda p: O.RAdam(p, **adam),
        "radam_decay": lambda p: O.RAdam(p, **adam, **decoupled),
        "rmsprop_l2": lambda p: O.RMSprop(p, **rms),
        "rmsprop_momentum_l2": lambda p: O.RMSprop(p, **rms, momentum=0.8),
        "rmsprop_centered_l2": lambda p: O.RMSprop(p, **rms, centered=True),
        "rmsprop_centered_momentum_l2": lambda p: O.RMSprop(p, **rms, momentum=0.8, centered=True),
        "adagrad": lambda p: O.Adagrad(p, lr=0.1, initial_accumulator_value=0.1, eps=1e-7),
        "adagrad_l2": lambda p: O.Adagrad(p, lr=0.1, initial_accumulator_value=0.1, eps=1e-7),
    }
    by_us = {
        "adam_clip_l2": lambda p: O.Adam(all_of(p), **adam),
        "momentum_decay": lambda p: O.SGD(all_of(p), lr=0.05, momentum=0.9),
        "rmsprop_decay": lambda p: O.RMSprop(all_of(p), **rms),
        "adagrad_decay": lambda p: O.Adagrad(all_of(p), lr=0.1, initial_accumulator_value=0.1, eps=1e-7),
        "lion_l2": lambda p: Written(all_of(p), lion),
        "lion_decay": lambda p: Written(all_of(p), lion),
        "lamb_l2": lambda p: Written(all_of(p), lamb),
        "lamb_decay": lambda p: Written(all_of(p), lamb),
        "lars_l2": lambda p: Written(all_of(p), lars),
        "lars_decay": lambda p: Written(all_of(p), lars),
        "muon_l2": lambda p: muon(p, weight_decay=0),
        "muon_plain_l2": lambda p: muon(p, weight_decay=0, nesterov=False),
        "muon_decay": lambda p: muon(p, weight_decay=strength),
        "lookahead_l2": lambda p: O.Adam(all_of(p), **adam),
    }
    rates = {"momentum": 0.05, "rmsprop": 0.01, "adagrad": 0.1, "lion": 0.01, "lamb": 0.02, "lars": 0.5}
    for name, make in (by_pytorch | by_us).items():
        g.case(name)
        tensors = [w.clone().requires_grad_() for w in start]
        kernels = [w for w in tensors if w.dim() == 2]
        own = strength if name in by_pytorch and ("l2" in name or "decay" in name) else 0.0
        optimizer = make([{"params": kernels, "weight_decay": own},
                          {"params": [w for w in tensors if w.dim() == 1], "weight_decay": 0.0}])
        slow = [w.detach().clone() for w in tensors]
        for step in range(steps):
            for w, gradient in zip(tensors, gradients[step]):
                w.grad = gradient.clone()
            if "clip" in name:  # the data gradient is clipped before the penalty's is added
                torch.nn.utils.clip_grad_norm_(tensors, 2.0)
            with torch.no_grad():
                for w in kernels if name in by_us else []:
                    if "l2" in name:
                        w.grad += strength * w
                    # Decoupled decay is of the weights before the step, as are LAMB's and LARS's norms.
                    w.before = w.clone()
            optimizer.step()
            with torch.no_grad():
                for w in kernels if name in by_us and "decay" in name and "muon" not in name else []:
                    w -= rates[name.split("_")[0]] * strength * w.before
                if "lookahead" in name and step % 5 == 4:
                    for w, s in zip(tensors, slow):
                        s += 0.5 * (w - s)
                        w.copy_(s)
        for i, w in enumerate(tensors):
            g.add(f"end:{i}", w)
    for name, strength in {"lbfgs": 0.0, "lbfgs_l2": 0.3}.items():
        descend_with_history(g, name, start, strength)
    g.write()


def descend_with_history(g, name, start, strength):
    """L-BFGS where the loss is the sum of a/2 (w - c)^2 + (w - c)^4 / 8, which it meets at every step."""
    g.case(name)
    torch.manual_seed(4)
    tensors = [w.clone().requires_grad_() for w in start]
    curvatures = [single(0.5 + 2 * torch.rand(w.shape)).detach() for w in start]
    targets = [single(torch.randn(w.shape)).detach() for w in start]
    optimizer = torch.optim.LBFGS(tensors, lr=0.5, max_iter=1, history_size=3)

    def loss():
        optimizer.zero_grad()
        total = sum((a / 2 * (w - c)**2 + (w - c)**4 / 8).sum() for w, a, c in zip(tensors, curvatures, targets))
        total = total + sum(strength / 2 * (w**2).sum() for w in tensors if w.dim() == 2)
        total.backward()
        return total

    for i in range(len(tensors)):
        g.add(f"curvature:{i}", curvatures[i])
        g.add(f"target:{i}", targets[i])
    for step in range(12):
        optimizer.step(loss)
        for i, w in enumerate(tensors):
            g.add(f"after:{step}:{i}", w)


def losses():
    """Losses of given head values: their mean and the gradient of their sum."""
    g = Golden("losses.txt")
    torch.manual_seed(5)
    soft = lambda: single(F.softmax(2 * torch.randn(5, 4), 1))
    weights = torch.tensor([0.5, 2.0, 1.0, 0.25])

    def case(name, head, function, targets, **options):
        g.case(name)
        total = function(head, targets.detach(), reduction="sum", **options)
        total.backward()
        g.add("head", head)
        g.add("targets" if targets.is_floating_point() else "labels", targets)
        for key, value in options.items():
            g.add({"weight": "class_weights"}.get(key, key), value)
        g.add("sum", total)
        g.add("mean", function(head, targets.detach(), **options))
        g.add("gradient", head.grad)

    def logits(outputs=4, scale=2.0):
        return single(scale * torch.randn(5, outputs))

    labels = torch.tensor([3, 0, 1, 1, 2])
    one_hot = F.one_hot(labels, 4).double()
    entropy, binary = F.cross_entropy, F.binary_cross_entropy_with_logits
    case("cross-entropy:labels", logits(), entropy, labels)
    case("cross-entropy:one_hot", logits(), entropy, one_hot)
    case("cross-entropy:soft", logits(), entropy, soft())
    case("cross-entropy:soft_smoothing", logits(), entropy, soft(), label_smoothing=0.1)
    case("cross-entropy:far_apart", logits(scale=2000.0), entropy, labels)
    case("cross-entropy:weights", logits(), entropy, labels, weight=weights)
    case("cross-entropy:weights_smoothing", logits(), entropy, labels, weight=weights, label_smoothing=0.2)
    case("cross-entropy:soft_weights", logits(), entropy, soft(), weight=weights)
    case("cross-entropy:soft_weights_smoothing", logits(), entropy, soft(), weight=weights, label_smoothing=0.2)
    case("binary-cross-entropy:soft", logits(), binary, soft())
    case("binary-cross-entropy:one", logits(1), binary, torch.tensor([[1.0], [0.0], [0.0], [1.0], [1.0]]))
    case("binary-cross-entropy:far_apart", logits(scale=2000.0), binary, one_hot)
    case("mse:numbers", logits(), F.mse_loss, single(3 * torch.randn(5, 4)))
    case("mse:one_hot", single(F.softmax(torch.randn(5, 4), 1)), F.mse_loss, one_hot)
    g.write()


folder.mkdir(parents=True, exist_ok=True)
layers()
trajectories()
losses()
