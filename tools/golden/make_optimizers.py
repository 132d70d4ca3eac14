#!/usr/bin/env python3
"""Writes tests/golden/optimizers.txt: where PyTorch's optimisers go, in double precision, and, by their
papers' formulas, those that it has not. Needs `pip install torch numpy`; the tests need neither.

usage: tools/golden/make_optimizers.py [FOLDER]
"""
import unittest.mock

import torch

from golden_file import Golden, single


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
        # Muon computes in bf16; here in double, like everything else.
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
                    # Decoupled decay uses the weights before the step. So do LAMB's and LARS's
                    # norms.
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


trajectories()
