"""Ridgeline's presets in Keras, layer for layer, for 32x32x3 images and ten classes."""

import keras
from keras import layers

PENALTY = keras.regularizers.l2(0.5e-4)  # Keras's l2 has no 1/2 in front


def conv(filters, size, activation="relu", padding="valid"):
    return layers.Conv2D(filters, size, activation=activation, padding=padding,
                         kernel_regularizer=PENALTY)


def dense(units, activation="relu"):
    return layers.Dense(units, activation=activation, kernel_regularizer=PENALTY)


def article_cnn():
    return [conv(32, 3), layers.MaxPooling2D(), conv(64, 3), layers.MaxPooling2D(),
            layers.Flatten(), dense(128), dense(10, "softmax")]


def lenet5():
    return [conv(6, 5, "tanh", "same"), layers.AveragePooling2D(2),
            conv(16, 5, "tanh"), layers.AveragePooling2D(2),
            layers.Flatten(), dense(120, "tanh"), dense(84, "tanh"), dense(10, "softmax")]


def mlp():
    return [layers.Flatten(), dense(512), dense(256), dense(10, "softmax")]


def vgg_small():
    stages = []
    for filters in (32, 64, 128):
        stages += [conv(filters, 3, padding="same"), conv(filters, 3, padding="same"),
                   layers.MaxPooling2D()]
    return [*stages, layers.Flatten(), dense(256), layers.Dropout(0.5), dense(10, "softmax")]


NETWORKS = {"article-cnn": article_cnn, "lenet5": lenet5, "mlp": mlp, "vgg-small": vgg_small}
