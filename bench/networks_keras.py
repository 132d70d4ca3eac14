"""Ridgeline's presets and unet.toml in Keras, layer by layer: 32x32x3 images, ten classes."""

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


def normed(x, filters, stride, size=3):
    x = layers.Conv2D(filters, size, stride, "same", use_bias=False,
                      kernel_regularizer=PENALTY)(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)


def resnet20(x):
    x = layers.ReLU()(normed(x, 16, 1))
    for filters in (16, 32, 64):
        for block in range(3):
            stride = 2 if block == 0 and filters > 16 else 1
            y = normed(layers.ReLU()(normed(x, filters, stride)), filters, 1)
            shortcut = x if stride == 1 else normed(x, filters, stride, 1)
            x = layers.ReLU()(layers.Add()([y, shortcut]))
    return dense(10, "softmax")(layers.GlobalAveragePooling2D()(x))


def unet(x):
    def pair(x, filters):
        return conv(filters, 3, padding="same")(conv(filters, 3, padding="same")(x))

    fine = pair(x, 16)
    middle = pair(layers.MaxPooling2D()(fine), 32)
    coarse = pair(layers.MaxPooling2D()(middle), 64)
    y = pair(layers.Concatenate()([layers.UpSampling2D()(coarse), middle]), 32)
    y = pair(layers.Concatenate()([layers.UpSampling2D()(y), fine]), 16)
    scores = layers.GlobalAveragePooling2D()(conv(10, 1, None)(y))
    return layers.Softmax()(scores)


SEQUENCES = {"article-cnn": article_cnn, "lenet5": lenet5, "mlp": mlp, "vgg-small": vgg_small}
GRAPHS = {"resnet20": resnet20, "unet": unet}


def model(name):
    image = keras.Input((32, 32, 3))
    if name in SEQUENCES:
        return keras.Sequential([image, *SEQUENCES[name]()])
    return keras.Model(image, GRAPHS[name](image))
