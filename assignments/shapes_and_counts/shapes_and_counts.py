# %% [markdown]
# # 1. From MLP to CNN: shapes and counts
#
# A photo of 224 x 224 pixels in three colours has 150,528 numbers. A dense layer with 1,000 outputs on top of it needs
# 150 million weights, and would have to learn separately, for every position, what an edge looks like. A convolution with
# 64 filters of 3 x 3 has 1,792 parameters, for a photo of any size. Before you compute a single convolution, you learn to
# say two things about any layer: which **shape** comes out of it, and how many **parameters** it has. Errors such
# as "mat1 and mat2 shapes cannot be multiplied" are found by just that, on paper.
#
# **Time**: about an hour and a quarter: 30 minutes for part 1, 30 for part 2, 15 for the network at the end.
#
# ## Conventions
#
# They are PyTorch's, and they decide points:
#
# - **Sizes** are given as (H, W): rows first, then columns. An integer in place of a pair stands for both.
# - **Padding** is counted in pixels *on each side*: `padding=1` makes an image 2 pixels higher and 2 pixels wider.
# - **Stride** is the number of pixels from one window to the next.
# - **Output size**: a window that does not fit whole is left out, so the division is rounded *down*:
#   floor((H + 2 * padding - kernel height) / stride) + 1 rows, and columns in the same way. Where no window fits there is
#   no output: that is an error, not a size of 0.
# - **Parameters** are the numbers that are trained: weights and biases. A convolution has one weight for each filter, input
#   channel and kernel position, and one bias for each filter; a dense layer one weight for each pair of input and output,
#   and one bias for each output; a batch normalisation a scale and a shift for each channel. ReLU, pooling and flattening
#   have none. The size of the image does not occur.
#
# ## Points
#
# | part | points | taught, and therefore tested |
# | --- | --- | --- |
# | `output_shape` | 10 | numbers and pairs; `stride`, `padding`; windows that do not fit |
# | `count_parameters` | 10 | all kinds of layers; layers without bias; kernels that are no squares |
#
# `dilation` and `groups` belong to the full contract in the docstrings. They are **not** tested in this assignment: keep the
# parameter, you need not use it.
#
# The checks below each part are public: run them as often as you like; for them, `legrade_checks.py` lies beside this
# notebook (in Colab, upload it as well). They are *necessary, not sufficient*: all 20 of the 20 points are given by
# hidden tests, with other shapes and other numbers. Your functions must not change their arguments.

# %% [markdown]
# ## Part 1: which shape comes out
#
# **A worked example.** *The layer `nn.Conv2d(1, 32, kernel_size=(3, 5), stride=2, padding=2)` of PyTorch is applied to an
# image of shape (1, 20, 22) (channels, height, width). What is the shape of its output?*
#
# | step | |
# | --- | --- |
# | channels: one for each filter | 32 |
# | height | floor((20 + 2 * 2 - 3) / 2) + 1 = floor(10.5) + 1 = 11 |
# | width | floor((22 + 2 * 2 - 5) / 2) + 1 = floor(10.5) + 1 = 11 |
#
# So the output has the shape **(32, 11, 11)**. The last row and the last column of the padding are in no window, and nothing
# warns you of it. The quiz asks questions of this kind: `legrade bank show conv-output-shape --seed 13 --solution` shows another one.
#
# Your function leaves the channels out, for they are the number of filters. A pooling obeys the same formula.

# %% legrade_stub="output_shape"
def output_shape(size, kernel_size, stride=1, padding=0, dilation=1):
    """Work out the height and width that a convolution or a pooling gives.

    They are the numbers of positions at which the window lies whole on the padded image, along each axis.

    Args:
        size: height and width of the image in pixels, a pair (H, W), or one integer >= 1 for both.
        kernel_size: height and width of the window, an integer >= 1, or a pair (height, width).
        stride: pixels from one position to the next, an integer >= 1, or a pair (along the height, along the width).
        padding: pixels put on each of the four sides, an integer >= 0, or a pair (above and below, left and right).
        dilation: distance between neighbouring entries of the window in pixels, an integer >= 1, or a pair.

    Returns:
        A pair (OH, OW) of whole numbers, with
        OH = floor((H + 2 * padding - dilation * (kernel height - 1) - 1) / stride) + 1, and OW in the same way.

    Raises:
        ValueError: along at least one axis no window fits into the padded image.
    """
    ...

# %% [markdown]
# **Public checks.** Work each of them out before you run it.

# %% legrade_check="public"
from legrade_checks import compare

compare(output_shape(28, 5), (24, 24), say="A window of 5 px has 28 - 5 + 1 = 24 places along 28 px.")
compare(output_shape((20, 22), (3, 5), stride=2, padding=2), (11, 11), say="This is the worked example.")
compare(output_shape((32, 48), 3, padding=1), (32, 48), say="A kernel of 3 with padding 1 keeps the size.")
compare(output_shape((10, 7), (4, 2), stride=(3, 2), padding=(0, 1)), (3, 4),
        say="Rows: floor((10 - 4) / 3) + 1 = 3; columns: floor((7 + 2 - 2) / 2) + 1 = 4.")
try:
    output_shape((8, 4), 5)
except ValueError as error:
    print("A kernel of 5 does not fit into 4 columns, and your function says:", error)
else:
    raise AssertionError("a kernel of 5 does not fit into 4 columns: output_shape must raise ValueError")
print("Part 1, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="output_shape"

# %% [markdown]
# ## Part 2: how many parameters
#
# **A worked example.** *Both networks below sort images of shape (3, 28, 28) into 5 classes. (a) How many parameters has
# mlp, (b) how many has cnn, and (c) how many times as many as cnn has mlp?*
#
# - mlp: `Flatten`, `Linear(2352, 256)`, `ReLU`, `Linear(256, 5)`
# - cnn: `Conv2d(3, 4, kernel_size=5, padding=2)`, `ReLU`, `MaxPool2d(2)`, `Conv2d(4, 20, kernel_size=5, padding=2)`, `ReLU`,
#   `MaxPool2d(2)`, `Flatten`, `Linear(980, 5)`
#
# | layer | weights + biases | |
# | --- | --- | --- |
# | mlp, first dense layer | 256 * 2352 + 256 | 602,368 |
# | mlp, second dense layer | 5 * 256 + 5 | 1,285 |
# | **(a) mlp** | | **603,653** |
# | cnn, first convolution | 4 * 3 * 5 * 5 + 4 | 304 |
# | cnn, second convolution | 20 * 4 * 5 * 5 + 20 | 2,020 |
# | cnn, dense layer; two poolings make 7 of 28, and 20 * 7 * 7 = 980 | 5 * 980 + 5 | 4,905 |
# | **(b) cnn** | | **7,229** |
# | **(c) ratio** | 603653 / 7229 | **83.5** |
#
# `legrade bank show mlp-vs-cnn-parameters --seed 2 --solution` shows another question of this kind.
#
# A network is a list of layers here, and a layer is a dict. These shorthands spare you the quotation marks:

# %%
def conv(channels, filters, kernel_size, **others):
    """Describe a convolution, such as nn.Conv2d(channels, filters, kernel_size)."""
    return dict(type="conv2d", in_channels=channels, out_channels=filters, kernel_size=kernel_size, **others)


def dense(inputs, outputs, **others):
    """Describe a dense layer, such as nn.Linear(inputs, outputs)."""
    return dict(type="linear", in_features=inputs, out_features=outputs, **others)


def pool(kernel_size):
    """Describe a max pooling, such as nn.MaxPool2d(kernel_size)."""
    return dict(type="maxpool2d", kernel_size=kernel_size)


def norm(channels):
    """Describe a batch normalisation, such as nn.BatchNorm2d(channels)."""
    return dict(type="batchnorm2d", num_features=channels)


RELU, FLATTEN = dict(type="relu"), dict(type="flatten")

# %% legrade_stub="count_parameters"
def count_parameters(layers):
    """Count the parameters of a network that is given layer by layer.

    Parameters are the numbers that are trained, as in sum(p.numel() for p in model.parameters()): the running mean and
    variance of a batch normalisation are none. A layer that is listed twice counts twice.

    Args:
        layers: a list of dicts, one for each layer. The entry "type" says what a layer is; in brackets are its other
            entries, those with a default only where they are needed:
            "conv2d" ("in_channels", "out_channels", "kernel_size": an integer or a pair (height, width),
            "bias": True by default, "groups": 1 by default, a divisor of both channels),
            "linear" ("in_features", "out_features", "bias": True by default),
            "batchnorm2d" ("num_features": the number of channels),
            "maxpool2d" and "avgpool2d" ("kernel_size"), "relu", "flatten".

    Returns:
        The number of parameters of all layers together, an integer; 0 for an empty list.
    """
    ...

# %% [markdown]
# **Public checks.** The two networks of the worked example are the last ones.

# %% legrade_check="public"
from legrade_checks import compare

compare(count_parameters([conv(3, 8, 5)]), 608, say="8 filters of 3 x 5 x 5 weights, and 8 biases: 600 + 8.")
compare(count_parameters([conv(3, 8, 5, bias=False)]), 600, say="A layer may come without its biases.")
compare(count_parameters([conv(3, 8, (5, 1))]), 128, say="8 filters of 3 x 5 x 1 weights: 120 + 8.")
compare(count_parameters([dense(10, 4)]), 44, say="4 * 10 + 4.")
compare(count_parameters([RELU, pool(2), FLATTEN]), 0, say="Nothing is trained in ReLU, pooling and flattening.")
compare(count_parameters([norm(6), norm(6)]), 24, say="A scale and a shift for each of 6 channels, in each of two layers.")
print("Part 2, the first public checks pass.")

# %% legrade_check="public"
from legrade_checks import compare

mlp = [FLATTEN, dense(2352, 256), RELU, dense(256, 5)]
cnn = [conv(3, 4, 5), RELU, pool(2), conv(4, 20, 5), RELU, pool(2), FLATTEN, dense(980, 5)]
compare(count_parameters(mlp), 603653, say="(a) of the worked example.")
compare(count_parameters(cnn), 7229, say="(b) of the worked example.")
print("Part 2, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="count_parameters"

# %% [markdown]
# ## Both together: the layer table of a network
#
# This is LeNet, which you will build and train in the last assignment. The cell follows an image of 28 x 28 pixels through
# it with your functions, layer by layer, as a layer table does. Where are most of its parameters, and where are most of the
# numbers that it computes? Then let the image have 56 x 56 pixels: what becomes of the convolutions, and what of the
# dense layer?

# %%
def follow(size):
    """Print shape and parameters of LeNet's layers for one image; return the inputs of its first dense layer."""
    layers = (
        ("conv 5 x 5", 6, 5, 1, 2, conv(1, 6, 5)),
        ("max pooling", 6, 2, 2, 0, pool(2)),
        ("conv 5 x 5", 16, 5, 1, 0, conv(6, 16, 5)),
        ("max pooling", 16, 2, 2, 0, pool(2)),
    )
    total = 0
    for name, channels, kernel_size, stride, padding, layer in layers:
        size = output_shape(size, kernel_size, stride, padding)
        own = count_parameters([layer])
        total += own
        print(f"{name:12} {(channels, *size)!s:14} {own:>10,} parameters")
    features = channels * size[0] * size[1]
    inputs = features
    for outputs in (120, 84, 10):
        own = count_parameters([dense(inputs, outputs)])
        total += own
        print(f"{'dense':12} {(outputs,)!s:14} {own:>10,} parameters")
        inputs = outputs
    print(f"{'together':27} {total:>10,} parameters\n")
    return features, total

# %% legrade_check="public"
from legrade_checks import compare

compare(output_shape((28, 28), 5, padding=2), (28, 28))
compare(count_parameters([]), 0)
compare(follow((28, 28)), (400, 61706), say="16 channels of 5 x 5 are flattened, and LeNet has 61,706 parameters.")
compare(follow((56, 56)), (2304, 290186), say="16 channels of 12 x 12; only the first dense layer has grown.")
