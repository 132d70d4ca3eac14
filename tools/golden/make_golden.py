#!/usr/bin/env python3
"""Writes tests/golden/*.txt: what PyTorch computes, in double precision, for layers and losses.
Needs `pip install torch torchvision numpy`; the tests need neither.

usage: tools/golden/make_golden.py [FOLDER]
"""
import numpy
import torch
import torch.nn.functional as F
import torchvision

from golden_file import Golden, single

def network(golden, name, shape, parameters, forward, images=3, classes=3, loss=None, activities=None):
    """`activities`: a list to which `forward` adds what each image's activations are penalised with."""
    golden.case(name)
    torch.manual_seed(sum(map(ord, name)))
    x = single(torch.randn(images, *shape))
    labels = torch.randint(0, classes, (images,))
    weights = {key: single(0.5 * torch.randn(*size)) for key, size in parameters.items()}
    head = forward(x, weights)
    value = loss(head, labels) if loss else F.cross_entropy(head, labels)
    activity = sum(penalty.mean() for penalty in activities) if activities is not None else 0
    (value + activity).backward()
    golden.add("input", x)
    golden.add("labels", labels)
    golden.add("head", head)
    golden.add("loss", value)
    if activities is not None:
        golden.add("activity", activity)
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
    network(g, "adaptive_average_pool", (2, 5, 4), head(2 * 3 * 7),
            lambda x, w: dense(F.adaptive_avg_pool2d(x, (3, 7)).flatten(1), w, "dense_1"))
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

    scaled = torch.tensor([1.0, 20.0]).reshape(1, 2, 1, 1)  # some numbers beyond 6
    network(g, "activation_relu6", (2, 3, 3), head(2 * 3 * 3),
            lambda x, w: dense(F.relu6(x * scaled).flatten(1), w, "dense_1"))

    activities = []

    def penalised(x, l2=0.0, l1=0.0):
        activities.append((l2 / 2 * x * x + l1 * x.abs()).flatten(1).sum(1))
        return x

    network(g, "activity_regularization", (2, 5, 6),
            conv(3, 2, (3, 3)) | head(3 * 3 * 4, 5) | head(5, 3, "dense_2"),
            lambda x, w: dense(penalised(penalised(dense(penalised(
                F.relu(F.conv2d(x, w["conv2d_1.kernel"], w["conv2d_1.bias"])), 0.3, 0.05).flatten(1), w, "dense_1"),
                l2=0.2), l1=0.1), w, "dense_2"), activities=activities)

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
    focal_losses(g, case, logits, labels, soft)
    g.write()


def focal_losses(golden, case, logits, labels, soft):
    """The binary form is torchvision's; the other has no reference there and is computed by numpy."""
    there = F.one_hot(labels, 5)[:, :4].double()

    def sigmoid(head, targets, reduction="mean", **options):
        return torchvision.ops.sigmoid_focal_loss(head, targets, reduction=reduction, **options)

    case("binary-focal:usual", logits(), sigmoid, there, gamma=2.0, alpha=0.25)
    case("binary-focal:weak", logits(), sigmoid, 1 - there, gamma=0.5, alpha=0.75)
    case("binary-focal:one", logits(1), sigmoid, torch.tensor([[1.0], [0.0], [0.0], [1.0], [1.0]]), gamma=3.0, alpha=0.4)
    case("binary-focal:far_apart", logits(scale=40.0), sigmoid, there, gamma=2.0, alpha=0.25)

    def softmax(name, head, targets, gamma, weights=(1, 1, 1, 1)):
        z, w = head.detach().numpy(), numpy.array(weights, dtype=float)
        t = targets.detach().numpy()
        t = t if t.ndim == 2 else numpy.eye(4)[t]

        def total(z):
            e = numpy.exp(z - z.real.max(1, keepdims=True))
            p = e / e.sum(1, keepdims=True)
            return -(w * t * (1 - p) ** gamma * numpy.log(p)).sum()

        gradient, step = numpy.zeros_like(z), 1e-30  # the imaginary part of a small imaginary step, without loss of digits
        for place in numpy.ndindex(z.shape):
            moved = z.astype(complex)
            moved[place] += 1j * step
            gradient[place] = total(moved).imag / step
        golden.case(name)
        golden.add("head", head)
        golden.add("targets" if targets.is_floating_point() else "labels", targets)
        golden.add("gamma", gamma)
        if weights != (1, 1, 1, 1):
            golden.add("class_weights", w)
        golden.add("sum", total(z))
        golden.add("mean", total(z) / (w * t).sum())
        golden.add("gradient", gradient)

    softmax("focal:labels", logits(), labels, 2.0)
    softmax("focal:weak", logits(), labels, 0.5)
    softmax("focal:soft", logits(), soft(), 1.5)
    softmax("focal:weights", logits(), labels, 2.0, (0.5, 2.0, 1.0, 0.25))


layers()
losses()
