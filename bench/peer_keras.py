"""Training by `fit` in Keras on TensorFlow, for bench/peers."""

import functools
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["KERAS_BACKEND"] = "tensorflow"

import time  # noqa: E402

import keras  # noqa: E402
import numpy  # noqa: E402
import tensorflow  # noqa: E402

from networks_keras import NETWORKS  # noqa: E402
from peer import first_step, images_and_labels, serve  # noqa: E402

VARIANTS = {"fit": 1, "fit, 32 steps per execution": 32}


class Stopwatch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds = time.perf_counter() - self.start


class Trainer:
    def __init__(self, network, steps_per_execution, images, labels):
        self.images, self.labels = images, labels
        self.model = keras.Sequential([keras.Input((32, 32, 3)), *NETWORKS[network]()])
        # XLA (jit_compile) is slower on CPUs than TensorFlow's own kernels.
        self.model.compile(optimizer="adam", loss="sparse_categorical_crossentropy",
                           steps_per_execution=steps_per_execution, jit_compile=False)

    def time(self, images, batch):
        watch = Stopwatch()
        self.model.fit(self.images[:images], self.labels[:images], batch_size=batch, verbose=0,
                       callbacks=[watch])
        return watch.seconds

    def measure(self, batch, seconds):
        """An epoch of about as many images as `seconds` suffice for."""
        self.time(32 * batch, batch)
        speed = 32 * batch / self.time(32 * batch, batch)
        images = int(min(len(self.images), speed * seconds)) // (32 * batch) * 32 * batch
        images = max(images, 32 * batch)
        return images / self.time(images, batch)


def channels_last(images):
    return numpy.ascontiguousarray(images.transpose(0, 2, 3, 1))


def main():
    if once := first_step():
        network, batch = once[0], int(once[1])
        images, labels = images_and_labels(batch)
        Trainer(network, 1, channels_last(images), labels).time(batch, batch)
        return
    images, labels = images_and_labels()
    images = channels_last(images)
    trainer = functools.cache(
        lambda variant, network: Trainer(network, VARIANTS[variant], images, labels))
    serve(f"keras {keras.__version__} on tensorflow {tensorflow.__version__}", VARIANTS,
          lambda variant, network, batch, seconds:
          trainer(variant, network).measure(batch, seconds))


if __name__ == "__main__":
    main()
