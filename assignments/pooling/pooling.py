# %% [markdown]
# # 3. Pooling and down-sampling
#
# A network that says "cat" need not know at which pixel the whiskers are. From layer to layer it looks at larger regions
# and keeps fewer positions. Four ways to get there are in use: keep the **largest** value of each region, keep its
# **mean**, keep **one pixel** of it (a stride), or **interpolate** between its middle pixels. The first two you write
# yourself, in NumPy; then you let all four loose on one picture and see what each of them throws away.
#
# **Time**: about an hour and a half: 35 minutes for each part, 20 for the comparison.
#
# Plain loops are fine: the tests use small arrays, and each call may take 5 seconds.
#
# ## Conventions
#
# They are PyTorch's, and they decide points:
#
# - **Axes.** Images are `x` with shape (N, C, H, W): image, channel, row, column. A pooling looks at each channel by
#   itself: (N, C, H, W) becomes (N, C, OH, OW).
# - **Stride** is the number of pixels from one window to the next. When none is given, it is the size of the window, so
#   that windows touch. With another stride they overlap or leave gaps.
# - **Padding** is counted in pixels *on each side*. A **max** pooling pads with *minus infinity*, so that a padded pixel
#   never wins. An **average** pooling pads with *zeros*, and they count as pixels, unless `count_include_pad=False` is
#   given.
# - **Output size**: a window that does not fit whole is left out, so the division is rounded *down*:
#   floor((H + 2 * padding - kernel height) / stride) + 1 rows, and columns in the same way.
#
# ## Points
#
# | part | points | taught, and therefore tested |
# | --- | --- | --- |
# | `max_pool2d_forward` | 10 | several images and channels; `stride`, `padding` |
# | `avg_pool2d_forward` | 10 | several images and channels; `stride`, `padding`, `count_include_pad` |
#
# Pairs such as `kernel_size=(2, 3)` belong to the full contract in the docstrings. They are **not** tested in this
# assignment.
#
# The checks below each part are public: run them as often as you like. When a value is wrong they show your output beside
# the expected one, and the window that the first wrong cell comes from; for that, `legrade_checks.py` lies beside this
# notebook (in Colab, upload it as well). They are *necessary, not sufficient*: all 20 of the 20 points are given by
# hidden tests, with other shapes and other numbers. Your functions must not change their arguments.

# %%
import numpy as np

# %% [markdown]
# ## Part 1: max pooling
#
# **A worked example.** *Apply max pooling with kernel size 2 x 2, stride 2 and padding 1 on each side to the image x of 3
# rows and 5 columns. Write all values of the output.*
#
#     Image x:
#       -8  -8  -9   1  -6
#        2  -4  -3  -6  -6
#       -1   1   1  -5  -7
#
# | step | |
# | --- | --- |
# | rows of the output | floor((3 + 2 * 1 - 2) / 2) + 1 = 2 |
# | columns of the output | floor((5 + 2 * 1 - 2) / 2) + 1 = 3 |
# | row 1, column 1 | only one pixel of this window lies on the image: **-8** |
# | row 1, column 2 | max(-8, -9) = **-8** |
# | row 1, column 3 | max(1, -6) = **1** |
# | row 2, column 1 | max(2, -1) = **2** |
# | row 2, column 2 | max(-4, -3, 1, 1) = **1** |
# | row 2, column 3 | max(-6, -6, -5, -7) = **-5** |
#
# Whoever pads with zeros writes 0 where -8 stands. The quiz asks questions of this kind:
# `legrade bank show padded-max-pool --seed 7 --solution` shows another one.

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
# **Public checks.** Work each of them out before you run it.

# %% legrade_check="public"
from legrade_checks import compare

image = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
result = max_pool2d_forward(image, 2, stride=1)
compare(result, [[[[5, 6], [8, 9]]]], say="Four windows overlap; 5 is the largest of 1, 2, 4, 5.", image=image,
        kernel_size=2)

image = np.arange(15.0).reshape(1, 1, 3, 5)
result = max_pool2d_forward(image, 2)
compare(result, [[[[6, 8]]]], say="Without a stride windows touch; what does not fill a window is left out.",
        image=image, kernel_size=2, stride=2)

image = np.array([[[[-8.0, -8.0, -9.0, 1.0, -6.0], [2.0, -4.0, -3.0, -6.0, -6.0], [-1.0, 1.0, 1.0, -5.0, -7.0]]]])
result = max_pool2d_forward(image, 2, stride=2, padding=1)
compare(result, [[[[-8, -8, 1], [2, 1, -5]]]], say="This is the worked example: a padded pixel never wins.",
        image=image, kernel_size=2, stride=2, padding=1)

image = np.arange(16.0).reshape(2, 2, 2, 2)
result = max_pool2d_forward(image, 2)
compare(result, [[[[3]], [[7]]], [[[11]], [[15]]]], say="Images and channels stay apart.", image=image, kernel_size=2)
print("Part 1, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="max_pool2d_forward"

# %% [markdown]
# ## Part 2: average pooling
#
# **A worked example.** *Apply average pooling with kernel size 2 x 2, stride 2 and zero padding 1 on each side to the image
# x of 2 rows and 3 columns. Padded zeros count as values, as they do in PyTorch unless `count_include_pad=False` is given.*
#
#     Image x:
#       7  0  6
#       3  7  2
#
# | step | |
# | --- | --- |
# | rows of the output | floor((2 + 2 * 1 - 2) / 2) + 1 = 2 |
# | columns of the output | floor((3 + 2 * 1 - 2) / 2) + 1 = 2 |
# | row 1, column 1 | (0 + 0 + 0 + 7) / 4 = **1.75** |
# | row 1, column 2 | (0 + 0 + 0 + 6) / 4 = **1.5** |
# | row 2, column 1 | (0 + 3 + 0 + 0) / 4 = **0.75** |
# | row 2, column 2 | (7 + 2 + 0 + 0) / 4 = **2.25** |
#
# With `count_include_pad=False` each sum is divided by the number of pixels that lie on the image: 7 / 1, (0 + 6) / 2,
# 3 / 1, (7 + 2) / 2. `legrade bank show avg-pool-by-hand --seed 2 --solution` shows another question of this kind.

# %% legrade_stub="avg_pool2d_forward"
def avg_pool2d_forward(x, kernel_size, stride=None, padding=0, count_include_pad=True):
    """Take the mean of every window of every channel.

    Output (n, c, i, j) is the mean of the window of image n, channel c, whose first pixel is
    (i * stride, j * stride) of the padded image. A window that does not fit whole into the padded image is left out.
    The arguments stay as they are.

    Args:
        x: images, shape (N, C, H, W); integers or floats.
        kernel_size: height and width of the window in pixels, an integer >= 1, or a pair (height, width).
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width);
            None stands for kernel_size.
        padding: zeros put on each of the four sides, an integer >= 0, or a pair (above and below, left and right);
            at most half of kernel_size.
        count_include_pad: what the sum of a window is divided by: the number of all its pixels, padded ones too, when
            True; the number of those that lie on the image when False.

    Returns:
        Array of floats, shape (N, C, OH, OW), with
        OH = floor((H + 2 * padding - kernel height) / stride) + 1, and OW in the same way.
        At least one window fits in every call of the tests.
    """
    ...

# %% [markdown]
# **Public checks.**

# %% legrade_check="public"
from legrade_checks import compare

image = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
result = avg_pool2d_forward(image, 2, stride=1)
compare(result, [[[[3, 4], [6, 7]]]], say="(1 + 2 + 4 + 5) / 4 = 3.", image=image, kernel_size=2)

image = np.arange(15.0).reshape(1, 1, 3, 5)
result = avg_pool2d_forward(image, 2)
compare(result, [[[[3, 5]]]], say="Without a stride windows touch; what does not fill a window is left out.",
        image=image, kernel_size=2, stride=2)

image = np.array([[[[7.0, 0.0, 6.0], [3.0, 7.0, 2.0]]]])
result = avg_pool2d_forward(image, 2, stride=2, padding=1)
compare(result, [[[[1.75, 1.5], [0.75, 2.25]]]], say="This is the worked example: padded zeros count.",
        image=image, kernel_size=2, stride=2, padding=1)
result = avg_pool2d_forward(image, 2, stride=2, padding=1, count_include_pad=False)
compare(result, [[[[7, 3], [3, 4.5]]]], say="Only the pixels on the image count here.", image=image, kernel_size=2,
        stride=2, padding=1)

image = np.arange(16.0).reshape(2, 2, 2, 2)
result = avg_pool2d_forward(image, 2)
compare(result, [[[[1.5]], [[5.5]]], [[[9.5]], [[13.5]]]], say="Images and channels stay apart.", image=image,
        kernel_size=2)
print("Part 2, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="avg_pool2d_forward"

# %% [markdown]
# ## Four ways to make a picture smaller
#
# The picture has what a down-sampling can spoil: stripes one pixel wide, a smooth ramp, a thin diagonal line, and a
# single bright pixel. Two of the four ways are yours. Here are the other two:
#
# - **Strided**: one pixel of each block is kept, the others are never looked at. That is what a convolution with a stride
#   and a kernel of one pixel does.
# - **Bilinear**: the new pixel lies in the middle of its block, and takes what lies there. In a block of even size that is
#   the mean of the four middle pixels, as in `F.interpolate(x, scale_factor=1/4, mode="bilinear", align_corners=False)`.

# %%
def strided(x, factor):
    """Keep the first pixel of every block of factor x factor pixels."""
    return x[..., ::factor, ::factor]


def bilinear(x, factor):
    """Take the mean of the four middle pixels of every block; for an even factor that divides both sides."""
    low, high = factor // 2 - 1, factor // 2
    between_rows = (x[..., low::factor, :] + x[..., high::factor, :]) / 2
    return (between_rows[..., low::factor] + between_rows[..., high::factor]) / 2


def four_ways(x):
    """Make an image of 32 x 32 pixels smaller by the factor 4, in all four ways."""
    made = {
        "max": max_pool2d_forward(x, 4),
        "average": avg_pool2d_forward(x, 4),
        "strided": strided(x, 4),
        "bilinear": bilinear(x, 4),
    }
    for way, output in made.items():
        assert np.shape(output) == (1, 1, 8, 8), f"{way}: 32 x 32 pixels become 8 x 8, not the shape {np.shape(output)}"
    return made


row_number, column_number = np.mgrid[0:32, 0:32]
picture = np.zeros((1, 1, 32, 32))
picture[..., 2:14, 2:14] = column_number[2:14, 2:14] % 2  # stripes, one pixel wide
picture[..., 2:14, 18:30] = column_number[2:14, 2:14] / 16  # a ramp
picture[..., 18:30, 2:14] = row_number[18:30, 2:14] - 16 == column_number[18:30, 2:14]  # a diagonal line
picture[..., 22, 25] = 1  # one bright pixel

# %% [markdown]
# By the factor 2, two of the four ways are the same: which? Say why before you run the cell. Then, by the factor 4: what
# becomes of the bright pixel in each of them, and of the mean brightness of the picture?

# %% legrade_check="public"
from legrade_checks import compare

compare(avg_pool2d_forward(picture, 2), bilinear(picture, 2), say="By the factor 2 the middle four pixels are all four.",
        image=picture, kernel_size=2, stride=2)

smaller = four_ways(picture)
for way, expected in (("max", 1), ("average", 1 / 16), ("strided", 0), ("bilinear", 1 / 4)):
    compare(smaller[way][0, 0, 5, 6], expected, say=f"The bright pixel in the output of {way}, block (5, 6).")
compare(smaller["average"].mean(), picture.mean(), say="Means of blocks that fill the picture keep its mean.")

print(f"mean brightness of the picture: {picture.mean():.3f}")
for way, output in smaller.items():
    print(f"{way:>9}: mean brightness {output.mean():.3f}, bright pixel {output[0, 0, 5, 6]:.3f}")

# %% legrade_check="public"
shown = {"picture": picture, **four_ways(picture)}
try:
    from matplotlib import pyplot
except ImportError:
    print("The pictures need matplotlib: pip install matplotlib")
else:
    figure, places = pyplot.subplots(1, len(shown), figsize=(15, 3.3))
    for place, (title, pixels) in zip(places, shown.items()):
        place.imshow(pixels[0, 0], cmap="gray", vmin=0, vmax=1)
        place.set_title(f"{title} {pixels.shape[2]} x {pixels.shape[3]}")
        place.axis("off")
    pyplot.show()
    pyplot.close(figure)

# %% [markdown]
# ### The camera moves by one pixel
#
# A good down-sampling hardly notices. The cell moves the picture to the right, one pixel at a time, and says by how much
# the small pictures change on average. Which way is the most restless, and what is it about stripes that makes it so?
# Which would you choose to find *whether* a pattern is there, which to hand on *how much* of it there is?

# %% legrade_check="public"
still = four_ways(picture)
moved = [four_ways(np.roll(picture, step, axis=3)) for step in (1, 2, 3)]
print("moved by", *(f"{step:>7}" for step in (1, 2, 3)))
for way in still:
    print(f"{way:>8}", *(f"{np.abs(small[way] - still[way]).mean():7.3f}" for small in moved))
