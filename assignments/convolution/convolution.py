# %% [markdown]
# # 2. Convolution
#
# A dense layer that looks at an image has to learn the same edge again at every position. A **convolution** learns it
# once: a small filter is laid on every window of the image, and each output says how strongly the pattern answered
# there. In this notebook you write it three times, in NumPy and without any deep-learning library: as sums over
# windows, as one large matrix product, which is how libraries make it fast, and for filters of a single pixel, where it
# turns out to be a dense layer again.
#
# **Time**: about two and a half hours: 75 minutes for part 1, 50 for part 2, 25 for part 3.
#
# Plain loops are fine: the tests use small arrays, and each call may take 5 seconds.
#
# ## Conventions
#
# They are PyTorch's, and they decide points:
#
# - **Axes.** Images are `x` with shape (N, C, H, W): image, channel, row, column. Filters are `w` with shape
#   (F, C, KH, KW): filter, channel, row, column. A filter has a slice for every channel, and gives *one* output channel.
# - **Convolution means cross-correlation**: the kernel is laid on the image *without being flipped*.
# - **Padding** is counted in pixels *on each side*: `padding=1` makes an image 2 pixels higher and 2 pixels wider, with
#   zeros.
# - **Stride** is the number of pixels from one window to the next, along both axes.
# - **Output size**: a window that does not fit whole is left out, so the division is rounded *down*:
#   floor((H + 2 * padding - KH) / stride) + 1 rows, and columns in the same way.
#
# ## Points
#
# | part | points | taught, and therefore tested |
# | --- | --- | --- |
# | `conv2d_forward` | 10 | several images, channels and filters; `b`, `stride`, `padding` |
# | `im2col` | 6 | several images and channels; `stride`, `padding` |
# | `conv2d_1x1_as_dense` | 4 | several images, channels and filters; `b` |
#
# `dilation`, `groups` and pairs such as `stride=(2, 1)` belong to the full contract in the docstrings. They are **not**
# tested in this assignment: keep the parameters, you need not use them.
#
# The checks below each part are public: run them as often as you like. When a value is wrong they show your output beside
# the expected one, and the window that the first wrong cell comes from; for that, `legrade_checks.py` lies beside this
# notebook (in Colab, upload it as well). They are *necessary, not sufficient*: all 20 of the 20 points are given by
# hidden tests, with other shapes and other numbers. Your functions must not change their arguments.

# %%
import numpy as np

# %% [markdown]
# ## A worked example
#
# *A convolution layer has one input channel, one filter w of 2 x 2 weights, bias b = 1, stride 2 and no padding. Write
# all values of its output for the image x of 3 rows and 4 columns.*
#
#     Image x:           Filter w:
#        1  -2  -1   2     -2  -1
#        1   4  -3   2     -2   0
#        1  -2   3  -2
#
# | step | |
# | --- | --- |
# | rows of the output | floor((3 + 2 * 0 - 2) / 2) + 1 = 1: the third row begins a window that does not fit |
# | columns of the output | floor((4 + 2 * 0 - 2) / 2) + 1 = 2 |
# | row 1, column 1 | 1 * (-2) + (-2) * (-1) + 1 * (-2) + 4 * 0 + 1 = **-1** |
# | row 1, column 2 | (-1) * (-2) + 2 * (-1) + (-3) * (-2) + 2 * 0 + 1 = **7** |
#
# Whoever turns the kernel by 180 degrees, forgets the bias or moves the windows by one pixel gets other numbers; try it.
# The quiz asks questions of this kind. `legrade bank show conv-by-hand --seed 12 --solution` shows another one, and any
# other number still another.

# %% [markdown]
# ## Part 1: sums over windows
#
# Output (n, f, i, j) is the sum, over channels and kernel positions, of filter f times the window of image n whose first
# pixel is (i * stride, j * stride) of the padded image, plus the bias of filter f. Write it so that you can say
# which axis each index runs over; speed does not matter.

# %% legrade_stub="conv2d_forward"
def conv2d_forward(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    """Cross-correlate a batch of images with a bank of filters.

    As in PyTorch, "convolution" means cross-correlation: the kernel is laid on the image without being flipped.
    Output (n, f, i, j) is the sum of the products of filter f and the window of image n whose first pixel is
    (i * stride, j * stride) of the padded image, plus the bias of filter f. A window that does not fit whole
    into the padded image is left out. The arguments stay as they are.

    Args:
        x: images, shape (N, C, H, W); integers or floats.
        w: filters, shape (F, C // groups, KH, KW).
        b: one bias for each filter, shape (F,), or None for no bias.
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width).
        padding: zeros put on each of the four sides, an integer >= 0, or a pair (above and below, left and right).
        dilation: distance between neighbouring entries of the kernel in pixels, an integer >= 1, or a pair.
        groups: number of equal shares into which channels and filters are split, in order; the filters of a share
            read only the channels of that share. It divides both C and F.

    Returns:
        Array of floats, shape (N, F, OH, OW), with
        OH = floor((H + 2 * padding - dilation * (KH - 1) - 1) / stride) + 1, and OW in the same way.
        At least one window fits in every call of the tests.
    """
    ...

# %% [markdown]
# **Public checks.** The first example can be computed on paper in a minute: do that before you run it. In the last one
# the digits of an output tell which pixel met which weight.

# %% legrade_check="public"
from legrade_checks import compare

image = np.arange(9.0).reshape(1, 1, 3, 3)
kernel = np.arange(4.0).reshape(1, 1, 2, 2)
result = conv2d_forward(image, kernel)
compare(result, [[[[19, 25], [37, 43]]]], say="0*0 + 1*1 + 3*2 + 4*3 = 19 comes first.", image=image, kernel=kernel)

corner = np.array([[[[1.0, 0.0], [0.0, -1.0]]]])
result = conv2d_forward(image, corner)
compare(result, [[[[-4, -4], [-4, -4]]]], say="A pixel minus its lower right neighbour; is the kernel flipped?",
        image=image, kernel=corner)

image = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
kernel = np.array([[[[1.0, 10.0], [100.0, 1000.0]]]])
result = conv2d_forward(image, kernel, padding=1)
compare(result, [[[[1000, 2100, 200], [3010, 4321, 402], [30, 43, 4]]]], say="One pixel of zeros on each side.",
        image=image, kernel=kernel, padding=1)
print("Part 1, the first public checks pass.")

# %% legrade_check="public"
from legrade_checks import compare

image = np.array([[[[1.0, -2.0, -1.0, 2.0], [1.0, 4.0, -3.0, 2.0], [1.0, -2.0, 3.0, -2.0]]]])
kernel = np.array([[[[-2.0, -1.0], [-2.0, 0.0]]]])
result = conv2d_forward(image, kernel, np.array([1.0]), stride=2)
compare(result, [[[[-1, 7]]]], say="This is the worked example.", image=image, kernel=kernel, stride=2)

pixels = np.array([[[[1.0, 2.0]], [[3.0, 4.0]]], [[[5.0, 6.0]], [[7.0, 8.0]]]])  # two images, two channels, 1 x 2 pixels
filters = np.array([[[[1.0, 1.0]], [[10.0, 10.0]]], [[[0.0, 1.0]], [[0.0, 0.0]]]])  # two filters
result = conv2d_forward(pixels, filters, np.array([0.5, -1.0]))
compare(result, [[[[73.5]], [[1]]], [[[161.5]], [[5]]]], say="1 + 2 + 30 + 40 + 0.5 = 73.5: channels are added up.",
        image=pixels, kernel=filters)

black = np.zeros((2, 3, 9, 7))
biases = np.array([1.0, 2.0, 3.0, 4.0])
result = conv2d_forward(black, np.ones((4, 3, 3, 2)), biases, stride=2, padding=1)
compare(result, biases.reshape(1, 4, 1, 1) * np.ones((2, 4, 5, 4)),
        say="(9 + 2 - 3) // 2 + 1 = 5 rows, (7 + 2 - 2) // 2 + 1 = 4 columns; a black image gives the bias of each filter.")
print("Part 1, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="conv2d_forward"

# %% [markdown]
# ### What a filter sees
#
# A bright square, a filter that answers to vertical edges and one that answers to horizontal edges. Where is the answer
# positive, where negative, and where is there none? What would a network do with the negative ones?

# %% legrade_check="public"
from legrade_checks import compare

square = np.zeros((1, 1, 8, 8))
square[..., 2:6, 2:6] = 1
edges = np.array([[[[-1.0, 0.0, 1.0]] * 3], [[[-1.0] * 3, [0.0] * 3, [1.0] * 3]]])
answer = conv2d_forward(square, edges)
compare(np.shape(answer) if answer is not None else None, (1, 2, 6, 6))
print("vertical edges:\n", np.asarray(answer)[0, 0].astype(int))
print("horizontal edges:\n", np.asarray(answer)[0, 1].astype(int))

# %% [markdown]
# ## Part 2: one matrix product
#
# Processors multiply matrices very fast. So libraries write every window of the image as a column of a matrix once, and
# every filter as a row of another one: then the whole convolution is *one* product. The price is memory, for a pixel
# stands in the matrix as often as there are windows over it.
#
# The order of rows and columns is a convention: from top to bottom, a column holds the window's first channel row by row,
# then the second channel; from left to right, the windows follow each other as one reads, row by row.

# %% legrade_stub="im2col"
def im2col(x, kernel_size, stride=1, padding=0):
    """Write every window of an image as a column of a matrix.

    The windows are those of a convolution: window (i, j) has its first pixel at (i * stride, j * stride) of the padded
    image, and one that does not fit whole into the padded image is left out. It becomes column i * OW + j. From top to
    bottom a column holds the window's first channel row by row, then the second channel, and so on. The arguments stay
    as they are.

    Args:
        x: images, shape (N, C, H, W); floats.
        kernel_size: height and width of the window in pixels, an integer >= 1, or a pair (KH, KW).
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width).
        padding: zeros put on each of the four sides, an integer >= 0, or a pair (above and below, left and right).

    Returns:
        Array of floats, shape (N, C * KH * KW, OH * OW), with
        OH = floor((H + 2 * padding - KH) / stride) + 1, and OW in the same way.
        At least one window fits in every call of the tests.
    """
    ...

# %% [markdown]
# **Public checks.**

# %% legrade_check="public"
from legrade_checks import compare

image = np.arange(1.0, 9.0).reshape(1, 1, 2, 4)
result = im2col(image, 2)
compare(result, [[[1, 2, 3], [2, 3, 4], [5, 6, 7], [6, 7, 8]]], image=image,
        say="Three windows, so three columns; the first window is 1, 2, 5, 6.")

two_channels = np.arange(1.0, 9.0).reshape(1, 2, 2, 2)
result = im2col(two_channels, 2)
compare(result, np.arange(1.0, 9.0).reshape(1, 8, 1), say="One window: its first channel, then its second.")
result = im2col(two_channels, 1)
compare(result, [[[1, 2, 3, 4], [5, 6, 7, 8]]], say="Each pixel is a window, and a window has a value in each channel.")

image = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
result = im2col(image, 2, stride=2, padding=1)
compare(result, [[[0, 0, 0, 4], [0, 0, 3, 0], [0, 2, 0, 0], [1, 0, 0, 0]]], image=image,
        say="The first window holds 1 in its last place, the last one 4 in its first.")
print("Part 2, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="im2col"

# %% [markdown]
# ### The same numbers by one product
#
# The filters become rows, the product is put back into the shape of images. The two ways must agree up to rounding. The
# product itself takes almost no time, although it multiplies and adds the same numbers: why? And what does the matrix
# cost instead?

# %% legrade_check="public"
from time import perf_counter

from legrade_checks import compare

source = np.random.default_rng(7)
images, filters = source.standard_normal((4, 3, 20, 24)), source.standard_normal((8, 3, 3, 3))
begin = perf_counter()
by_windows = conv2d_forward(images, filters, padding=1)
middle = perf_counter()
matrix = im2col(images, 3, padding=1)
compare(np.shape(matrix) if matrix is not None else None, (4, 27, 480))
after = perf_counter()
product = (filters.reshape(8, 27) @ matrix).reshape(4, 8, 20, 24)
end = perf_counter()
compare(by_windows, product, say="The two ways disagree.", image=images, kernel=filters, padding=1)
print(f"sums over windows: {middle - begin:.4f} s; im2col: {after - middle:.4f} s, and the product: {end - after:.4f} s")
print(f"the matrix has {np.size(matrix):,} entries, the images have {images.size:,}")

# %% [markdown]
# ## Part 3: filters of one pixel
#
# What remains of a convolution when the kernel has one pixel? No neighbours are mixed any more, only channels: each pixel
# is a vector of C values, and the same dense layer turns it into F values. Networks use this to change the number of
# channels cheaply.
#
# **A worked example.** *A layer `nn.Conv2d(2, 3, kernel_size=1)` has the weights w below, with one row for each filter and
# one column for each input channel, and the biases b. Write all channels of its output for the image x of 2 channels.*
#
#     Image x, channel 1:    0  -3   5     Weights w:   -1  -1     Biases b:   3  -1   1
#     Image x, channel 2:    5   1   5                   3  -2
#                                                        3   3
#
# | output | column 1 | column 2 | column 3 |
# | --- | --- | --- | --- |
# | channel 1 | 0 * (-1) + 5 * (-1) + 3 = **-2** | (-3) * (-1) + 1 * (-1) + 3 = **5** | 5 * (-1) + 5 * (-1) + 3 = **-7** |
# | channel 2 | 0 * 3 + 5 * (-2) - 1 = **-11** | (-3) * 3 + 1 * (-2) - 1 = **-12** | 5 * 3 + 5 * (-2) - 1 = **4** |
# | channel 3 | 0 * 3 + 5 * 3 + 1 = **16** | (-3) * 3 + 1 * 3 + 1 = **-5** | 5 * 3 + 5 * 3 + 1 = **31** |
#
# Two of the axes have to change places before the product, and back after it: mind that `reshape` alone does not move
# a value from one place to another.

# %% legrade_stub="conv2d_1x1_as_dense"
def conv2d_1x1_as_dense(x, w, b=None):
    """Compute a 1x1 convolution by one matrix product.

    The window of a 1x1 convolution is one pixel: its values in all channels are a vector, and the filters are a dense
    layer that turns this vector into one value for each filter. Output (n, f, i, j) is the sum over the channels c of
    x[n, c, i, j] * w[f, c, 0, 0], plus the bias of filter f. The arguments stay as they are.

    Args:
        x: images, shape (N, C, H, W); integers or floats.
        w: filters, shape (F, C, 1, 1).
        b: one bias for each filter, shape (F,), or None for no bias.

    Returns:
        Array of floats, shape (N, F, H, W).
    """
    ...

# %% [markdown]
# **Public checks.**

# %% legrade_check="public"
from legrade_checks import compare

image = np.array([[[[0.0, -3.0, 5.0]], [[5.0, 1.0, 5.0]]]])
weights = np.array([[-1.0, -1.0], [3.0, -2.0], [3.0, 3.0]]).reshape(3, 2, 1, 1)
result = conv2d_1x1_as_dense(image, weights, np.array([3.0, -1.0, 1.0]))
compare(result, [[[[-2, 5, -7]], [[-11, -12, 4]], [[16, -5, 31]]]], say="This is the worked example.", image=image,
        kernel=weights)

numbered = np.arange(24.0).reshape(2, 2, 2, 3)
exchange = np.array([[0.0, 1.0], [1.0, 0.0]]).reshape(2, 2, 1, 1)
result = conv2d_1x1_as_dense(numbered, exchange)
compare(result, numbered[:, ::-1], say="These filters exchange the two channels; every pixel stays in its place.",
        image=numbered, kernel=exchange)
print("Part 3, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="conv2d_1x1_as_dense"
