#!/usr/bin/env python3
"""Writes tests/golden/penalties.txt: values and gradients of penalty terms by PyTorch's automatic
differentiation, proximal maps by SciPy's root finding, projections by torch.renorm, and
trajectories of constrained parameter regularisation by its authors' program. Needs
`pip install torch numpy scipy pytorch-cpr`; the tests need none of them.

usage: tools/golden/make_penalties.py [FOLDER]
"""
import numpy
import scipy.optimize
import torch
from golden_file import Golden, single
from pytorch_cpr import AdamCPR

golden = Golden("penalties.txt")
shapes = [(3, 7), (7, 3), (5, 5), (1, 4), (16, 40)]


def begin(name, rows, columns, strength):
    golden.case(f"{name}:{rows}x{columns}")
    torch.manual_seed(rows * 100 + columns)
    golden.add("rows", rows)
    golden.add("columns", columns)
    golden.add("strength", strength)
    weights = single(torch.randn(rows, columns))
    golden.add("weights", weights)
    return weights


def term(name, value, rows, columns, strength=0.3):
    weights = begin(name, rows, columns, strength)
    reference = single(torch.randn(rows, columns))
    golden.add("reference", reference)
    total = value(weights, reference.detach(), strength)
    total.backward()
    golden.add("value", total)
    golden.add("gradient", weights.grad)


def orthogonal(w, _, strength):
    w = w if w.shape[0] <= w.shape[1] else w.T
    return strength / 4 * (w @ w.T - torch.eye(w.shape[0])).square().sum()


def group_lasso(rows, columns, strength):
    """Each row minimises sum (w - v)^2 / (2 m) + strength |w|: the root of the norm's equation."""
    weights = begin("group_lasso", rows, columns, strength)
    metric = single(torch.rand(rows, columns) + 0.05)
    golden.add("metric", metric)
    golden.add("value", strength * weights.norm(dim=1).sum())
    result = []
    for v, m in zip(weights.detach().numpy(), metric.detach().numpy()):
        if numpy.linalg.norm(v / m) <= strength:
            result.append(0 * v)
            continue
        excess = lambda s: numpy.sum((v / (s + strength * m)) ** 2) - 1
        s = scipy.optimize.brentq(excess, 1e-12, numpy.linalg.norm(v), xtol=1e-14)
        result.append(v * s / (s + strength * m))
    golden.add("mapped", numpy.array(result))


def cpr(name, steps, learning_rate, **options):
    """Adam on |w - target|^2 / 2 from small weights: the mean square grows, ever more slowly. In
    single precision, as the authors' program keeps its multipliers."""
    golden.case(f"cpr:{name}")
    torch.manual_seed(4)
    weights = (0.1 * torch.randn(4, 6)).float().requires_grad_()
    target = torch.randn(4, 6).float()
    golden.add("weights", weights)
    golden.add("target", target)
    golden.add("steps", steps)
    golden.add("learning_rate", learning_rate)
    groups = [{"params": [weights], "apply_decay": True, "regularize": True}]
    optimizer = AdamCPR(groups, lr=learning_rate, eps=1e-7, foreach=True, **options)
    for step in range(steps):
        weights.grad = (weights - target).detach()
        optimizer.step()
        if step + 1 in (steps // 2, steps):
            golden.add(f"after:{step + 1}", weights)
    golden.add("multiplier", optimizer.state[weights]["lagmul"])
    golden.add("bound", optimizer.state[weights]["kappa"] / weights.numel())


for rows, columns in shapes:
    term("l2_sp", lambda w, w0, strength: strength / 2 * (w - w0).square().sum(), rows, columns)
    term("orthogonal", orthogonal, rows, columns)
    term("spectral", lambda w, _, strength: strength / 2 * torch.linalg.matrix_norm(w, 2) ** 2, rows, columns)
    group_lasso(rows, columns, 0.9)
    group_lasso(rows, columns + 1, 4.0)
    weights = begin("max_norm", rows, columns, 1.9)
    golden.add("mapped", torch.renorm(weights, 2, 0, 1.9))
    weights = begin("fixed_norm", rows, columns, 0.7)
    golden.add("mapped", 0.7 * torch.nn.functional.normalize(weights, dim=1))
cpr("warm_start", 60, 0.02, kappa_init_method="warm_start", kappa_init_param=20)
cpr("inflection_point", 1600, 0.002, kappa_init_method="inflection_point")
golden.write()
