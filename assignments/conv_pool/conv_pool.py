# %% [markdown]
# # Convolution and max pooling by hand
#
# A convolutional network is built of two operations that you will write yourself, in NumPy and without any
# deep-learning library: the **convolution**, which looks for the same small pattern everywhere in an image, and the
# **max pooling**, which keeps only how strongly a pattern answered in each region. Frameworks hide both behind one
# line. Whoever has written them once knows where every output size, every parameter and every border pixel comes from.
#
# Plain loops are fine: the tests use small arrays, and each call may take 5 seconds.
#
# ## Conventions
#
# They are PyTorch's, and they decide points:
#
# - **Axes.** Images are `x` with shape (N, C, H, W): image, channel, row, column. Filters are `w` with shape
#   (F, C, KH, KW): filter, channel, row, column.
# - **Convolution means cross-correlation**: the kernel is laid on the image *without being flipped*.
# - **Padding** is counted in pixels *on each side*: `padding=1` makes an image 2 pixels higher and 2 pixels wider. A
#   convolution pads with zeros, a max pooling with minus infinity.
# - **Stride** is the number of pixels from one window to the next, along both axes.
# - **Output size**: a window that does not fit whole is left out, so the division is rounded *down*:
#   floor((H + 2 * padding - KH) / stride) + 1 rows, and columns in the same way.
#
# ## Points
#
# | part | points | taught, and therefore tested |
# | --- | --- | --- |
# | `conv2d_forward` | 12 | several images, channels and filters; `b`, `stride`, `padding` |
# | `max_pool2d_forward` | 8 | several images and channels; `stride`, `padding` |
#
# `dilation`, `groups` and pairs such as `stride=(2, 1)` belong to the full contract in the docstrings. They are **not**
# tested in this assignment: keep the parameters, you need not use them.
#
# The checks below each part are public: run them as often as you like. They are *necessary, not sufficient*: all 20 of
# the 20 points are given by hidden tests, with other shapes and other numbers. Your functions must not change their
# arguments.

# %%
import numpy as np

# %% [markdown]
# ## Part 1: convolution
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
# **Public checks.** The first example can be computed on paper in a minute: do that before you run it.

# %% legrade_check="public"
image = np.arange(9.0).reshape(1, 1, 3, 3)
kernel = np.arange(4.0).reshape(1, 1, 2, 2)
result = conv2d_forward(image, kernel)
assert result is not None, "conv2d_forward returns None: is there a return statement?"
assert np.shape(result) == (1, 1, 2, 2), f"a 3x3 image and a 2x2 kernel give a 2x2 output, not {np.shape(result)}"
assert np.allclose(result, [[[[19, 25], [37, 43]]]]), f"0*0 + 1*1 + 3*2 + 4*3 = 19 is the first output; you got {result}"

edges = conv2d_forward(image, np.array([[[[1.0, 0.0], [0.0, -1.0]]]]))
assert np.allclose(edges, -4), "each output is a pixel minus its lower right neighbour; is the kernel flipped?"
print("Part 1, the first public checks pass.")

# %% legrade_check="public"
images = np.zeros((2, 3, 9, 7))
filters = np.ones((4, 3, 3, 2))
shape = np.shape(conv2d_forward(images, filters, stride=2, padding=1))
assert shape == (2, 4, 5, 4), f"(9 + 2 - 3) // 2 + 1 = 5 rows, (7 + 2 - 2) // 2 + 1 = 4 columns; you got {shape}"

bias = np.array([1.0, 2.0, 3.0, 4.0])
shifted = conv2d_forward(images, filters, bias)
assert np.allclose(shifted[:, 2], 3), "on black images, output channel f is the bias of filter f everywhere"
print("Part 1, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="conv2d_forward"

# %% [markdown]
# ## Part 2: max pooling
#
# A max pooling looks at each channel by itself: (N, C, H, W) becomes (N, C, OH, OW). Windows may overlap, touch or
# leave gaps. When no stride is given, they touch.

# %% legrade_stub="max_pool2d_forward"
def max_pool2d_forward(x, kernel_size, stride=None, padding=0):
    """Keep the largest value of every window of every channel.

    Output (n, c, i, j) is the maximum of the window of image n, channel c, whose first pixel is
    (i * stride, j * stride) of the padded image. A window that does not fit whole into the padded image is left out.
    The arguments stay as they are.

    Args:
        x: images, shape (N, C, H, W); floats.
        kernel_size: height and width of the window in pixels, an integer >= 1, or a pair (height, width).
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width);
            None stands for kernel_size.
        padding: pixels of minus infinity put on each of the four sides, so that a padded pixel never wins; an
            integer >= 0, or a pair (above and below, left and right); at most half of kernel_size.

    Returns:
        Array of floats, shape (N, C, OH, OW), with
        OH = floor((H + 2 * padding - kernel height) / stride) + 1, and OW in the same way.
        At least one window fits in every call of the tests.
    """
    ...

# %% [markdown]
# **Public checks.**

# %% legrade_check="public"
image = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
pooled = max_pool2d_forward(image, 2, stride=1)
assert pooled is not None, "max_pool2d_forward returns None: is there a return statement?"
assert np.shape(pooled) == (1, 1, 2, 2), f"four windows of 2x2 pixels overlap in a 3x3 image; you got {np.shape(pooled)}"
assert np.allclose(pooled, [[[[5, 6], [8, 9]]]]), f"5 is the largest of 1, 2, 4, 5; you got {pooled}"

shape = np.shape(max_pool2d_forward(np.zeros((2, 3, 5, 7)), 2))
assert shape == (2, 3, 2, 3), f"windows that touch: 5 // 2 = 2 rows, 7 // 2 = 3 columns; you got {shape}"

dark = max_pool2d_forward(np.full((1, 1, 4, 4), -2.0), 2, stride=2, padding=1)
assert np.allclose(dark, -2), "a padded pixel never wins, also when every pixel is negative"
print("Part 2, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="max_pool2d_forward"

# %% [markdown]
# ## Both together
#
# A kernel that answers to vertical edges, and what is left of its answer after pooling. Where does the bright square
# begin, where does it end, and what becomes of the negative answers in the pooling?

# %% legrade_check="public"
square = np.zeros((1, 1, 10, 10))
square[..., 3:7, 3:7] = 1
vertical = np.array([[[[-1.0, 0.0, 1.0]] * 3]])
answer = conv2d_forward(square, vertical)
print(np.asarray(answer)[0, 0].astype(int))
print(np.asarray(max_pool2d_forward(answer, 2))[0, 0].astype(int))
