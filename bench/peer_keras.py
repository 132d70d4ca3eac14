"""Training by `fit` and predicting in Keras on TensorFlow, for bench/peers."""

import functools
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["KERAS_BACKEND"] = "tensorflow"

import time  # noqa: E402

import keras  # noqa: E402
import numpy  # noqa: E402
import tensorflow  # noqa: E402

from networks_keras import model  # noqa: E402
from peer import first_step, images_and_labels, serve  # noqa: E402

TRAINING = {"fit": 1, "fit, 32 steps per execution": 32}
PREDICTING = {"predict_on_batch": 1, "the model in a tf.function": 1}


class Stopwatch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds = time.perf_counter() - self.start


class Trainer:
    def __init__(self, network, precision, steps_per_execution, images, labels):
        self.images, self.labels = images, labels
        keras.config.set_dtype_policy("mixed_bfloat16" if precision == "bf16" else "float32")
        self.model = model(network)
        self.function = tensorflow.function(lambda images: self.model(images, training=False))
        # XLA (jit_compile) is slower on CPUs than TensorFlow's own kernels.
        self.model.compile(optimizer="adam", loss="sparse_categorical_crossentropy",
                           steps_per_execution=steps_per_execution, jit_compile=False)

    def time(self, images, batch):
        watch = Stopwatch()
        self.model.fit(self.images[:images], self.labels[:images], batch_size=batch, verbose=0,
                       callbacks=[watch])
        return watch.seconds

    def predict(self, variant, batch, seconds):
        images = self.images[:2048]
        run = self.model.predict_on_batch if variant == "predict_on_batch" else (
            lambda inputs: self.function(inputs).numpy())
        batches = [images[i:i + batch] for i in range(0, len(images) // batch * batch, batch)]
        run(batches[0])
        for part in (seconds / 5, seconds):  # the first warms up
            done, start = 0, time.perf_counter()
            while (elapsed := time.perf_counter() - start) < part:
                run(batches[done % len(batches)])
                done += 1
        return done * batch / elapsed

    def fit(self, batch, seconds):
        """Trains an epoch of about as many images as fit into `seconds`."""
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
        Trainer(network, "fp32", 1, channels_last(images), labels).time(batch, batch)
        return
    images, labels = images_and_labels()
    images = channels_last(images)
    trainer = functools.cache(
        lambda variant, network, precision:
        Trainer(network, precision, TRAINING.get(variant, 1), images, labels))

    def measure(variant, network, mode, precision, batch, seconds):
        chosen = trainer(variant, network, precision)
        if mode == "train":
            return chosen.fit(batch, seconds)
        return chosen.predict(variant, batch, seconds)

    serve(f"keras {keras.__version__} on tensorflow {tensorflow.__version__}",
          {"train": TRAINING, "predict": PREDICTING}, measure)


if __name__ == "__main__":
    main()
