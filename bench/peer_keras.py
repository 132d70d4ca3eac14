"""The article's listing in Keras on TensorFlow, trained by `fit`, for bench/peers."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["KERAS_BACKEND"] = "tensorflow"

import time  # noqa: E402

import keras  # noqa: E402
import numpy  # noqa: E402
import tensorflow  # noqa: E402
from keras import layers  # noqa: E402

from peer import images_and_labels, serve  # noqa: E402

VARIANTS = {"fit": 1, "fit, 32 steps per execution": 32}


class Stopwatch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds = time.perf_counter() - self.start


class Trainer:
    def __init__(self, steps_per_execution, images, labels):
        self.images, self.labels = images, labels
        penalty = keras.regularizers.l2(0.5e-4)
        self.model = keras.Sequential([
            keras.Input((32, 32, 3)),
            layers.Conv2D(32, 3, activation="relu", kernel_regularizer=penalty),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu", kernel_regularizer=penalty),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu", kernel_regularizer=penalty),
            layers.Dense(10, activation="softmax", kernel_regularizer=penalty),
        ])
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


def main():
    images, labels = images_and_labels()
    images = numpy.ascontiguousarray(images.transpose(0, 2, 3, 1))
    trainers = {name: Trainer(steps, images, labels) for name, steps in VARIANTS.items()}
    serve(f"keras {keras.__version__} on tensorflow {tensorflow.__version__}", VARIANTS,
          lambda variant, batch, seconds: trainers[variant].measure(batch, seconds))


if __name__ == "__main__":
    main()
