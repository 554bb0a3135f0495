# %% [markdown]
# # 4. Backpropagation
#
# A network learns because somebody tells every weight in which direction the loss falls. That is one derivative for each
# weight, millions of them, and all of them come out of a single walk through the network from its end to its beginning:
# each layer is given the gradient with respect to its *output* and hands on the gradient with respect to its *input*. You
# write this walk, layer by layer, in NumPy. At the end a small convolutional network takes a step of gradient descent with
# your functions, and every one of its gradients is held against a difference quotient.
#
# **Time**: about three and a half hours: 20 minutes for part 1, 50 for part 2, 80 for part 3, 45 for part 4, 15 for the
# network at the end.
#
# Plain loops are fine: the tests use small arrays, and each call may take 5 seconds.
#
# ## Conventions
#
# They are PyTorch's, and they decide points:
#
# - **`dout`** is the gradient of the loss with respect to the output of a layer, and has the shape of that output. `dx` is
#   the gradient with respect to its input, and has the shape of that input. So have `dw` and `db`.
# - **What arrives by several ways is added.** A pixel lies in several windows, a weight serves every window of every image:
#   their gradients are sums, not means.
# - **Axes.** Images (N, C, H, W), filters (F, C, KH, KW), logits (N, K). A convolution is a cross-correlation: the kernel
#   is not flipped. Padding is counted on each side, the stride in pixels; windows that do not fit whole are left out.
# - **The loss** is the *mean* over the images of the batch.
# - **Where there is no derivative** any sensible choice is accepted: at exactly 0 a slope of ReLU from 0 to 1, and for
#   equal largest pixels of a window any way to divide the gradient among them.
#
# ## Points
#
# | part | points | taught, and therefore tested |
# | --- | --- | --- |
# | `relu` | 2 | arrays of any shape |
# | `relu_backward` | 2 | arrays of any shape |
# | `max_pool2d_backward` | 6 | several images and channels; `stride`, `padding`, ties |
# | `conv2d_backward` | 10 | `dx`, `dw` and `db` each for itself; several images, channels, filters; `stride`, `padding` |
# | `cross_entropy` | 5 | batches; logits that are large |
# | `cross_entropy_backward` | 5 | batches; logits that are large |
#
# `dilation`, `groups` and pairs such as `stride=(2, 1)` belong to the full contract in the docstrings. They are **not**
# tested in this assignment: keep the parameters, you need not use them.
#
# The checks below each part are public: run them as often as you like. When a value is wrong they show your output beside
# the expected one; for that, `legrade_checks.py` lies beside this notebook (in Colab, upload it as well). They are
# *necessary, not sufficient*: all 30 of the 30 points are given by hidden tests, with other shapes and other numbers.
# Your functions must not change their arguments.

# %%
import numpy as np

# %% [markdown]
# ## Part 1: ReLU
#
# The simplest layer, and the whole idea: forwards it keeps what is positive; backwards it lets the gradient through where
# the *input* was positive, and stops it where the input was negative. The sign of the gradient does not matter.

# %% legrade_stub="relu"
def relu(x):
    """Set the negative entries of an array to 0 and keep the others as they are.

    The argument stays as it is.

    Args:
        x: array of any shape, such as (N, C, H, W) or (N, F); finite floats.

    Returns:
        Array of floats with the shape of x.
    """
    ...

# %% legrade_stub="relu_backward"
def relu_backward(dout, x):
    """Send the gradient of a loss back through ReLU, from its output to its input.

    The slope of ReLU is 1 where x is positive and 0 where it is negative. Where x is exactly 0 any slope from 0 to 1 is
    accepted. The arguments stay as they are.

    Args:
        dout: gradient of the loss with respect to relu(x), with the shape of x; finite floats.
        x: what relu was given, array of any shape, such as (N, C, H, W) or (N, F); finite floats.

    Returns:
        Gradient of the loss with respect to x: array of floats with the shape of x.
    """
    ...

# %% [markdown]
# **Public checks.**

# %% legrade_check="public"
from legrade_checks import compare

compare(relu(np.array([[-1.5, 0.0, 2.0], [3.0, -4.0, 0.5]])), [[0, 0, 2], [3, 0, 0.5]])
result = relu_backward(np.array([[7.0, -5.0, -6.0], [2.0, 4.0, 6.0]]), np.array([[-1.0, 2.0, 3.0], [0.5, -2.0, -3.0]]))
compare(result, [[0, -5, -6], [2, 0, 0]], say="What decides is the sign of x; the first argument is the gradient.")
print("Part 1, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="relu"

# %% legrade_points="relu_backward"

# %% [markdown]
# ## Part 2: max pooling
#
# **A worked example.** *A max pooling layer with kernel size 3 x 3, stride 1 and no padding got the image x of 3 rows and 6
# columns. The gradient of the loss with respect to its output is dy. Write the gradient dx of the loss with respect to x.*
#
#     Image x:                   Gradient dy:
#        2   6   0  11  10   8     -5  -3  -3  -6
#       -3  14   4   7   5  12
#       13   3   1  -2  -1   9
#
# | window | its largest pixel | gets |
# | --- | --- | --- |
# | columns 1 to 3 | 14, in row 2, column 2 | -5 |
# | columns 2 to 4 | 14, in row 2, column 2 | -3 |
# | columns 3 to 5 | 11, in row 1, column 4 | -3 |
# | columns 4 to 6 | 12, in row 2, column 6 | -6 |
#
#     Gradient dx:
#        0   0   0  -3   0   0
#        0  -8   0   0   0  -6
#        0   0   0   0   0   0
#
# The pixel 14 wins twice, so -5 and -3 are added; every other pixel could change a little and the output would not notice.
# `legrade bank show max-pool-backward --seed 4 --solution` shows another question of this kind.

# %% legrade_stub="max_pool2d_backward"
def max_pool2d_backward(dout, x, kernel_size, stride=None, padding=0):
    """Send the gradient of max pooling back to the pixel of each window that was its maximum.

    dout (n, c, i, j) is the derivative of a loss by output (n, c, i, j) of max pooling. All of it goes to the largest
    pixel of that output's window; every other pixel of the window gets nothing from it. A pixel that is the largest
    of several windows gets the sum of what they send back, and one that is the largest of none gets 0.
    Where several pixels of a window are the largest, any of them may take the gradient, or they may share it, as
    long as the shares add up to it. The arguments stay as they are.

    Args:
        dout: gradient of the loss by the outputs, shape (N, C, OH, OW), with
            OH = floor((H + 2 * padding - kernel height) / stride) + 1, and OW in the same way; floats.
        x: the images that were pooled, shape (N, C, H, W); floats.
        kernel_size: height and width of the window in pixels, an integer >= 1, or a pair (height, width).
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width);
            None stands for kernel_size.
        padding: pixels of minus infinity put on each of the four sides, so that a padded pixel never wins; an
            integer >= 0, or a pair (above and below, left and right); at most half of kernel_size.

    Returns:
        Array of floats, dx: the gradient of the loss by the images, shape (N, C, H, W).
    """
    ...

# %% [markdown]
# **Public checks.**

# %% legrade_check="public"
from legrade_checks import compare

image = np.array([[[[2.0, 6.0, 0.0, 11.0, 10.0, 8.0], [-3.0, 14.0, 4.0, 7.0, 5.0, 12.0], [13.0, 3.0, 1.0, -2.0, -1.0, 9.0]]]])
result = max_pool2d_backward(np.array([[[[-5.0, -3.0, -3.0, -6.0]]]]), image, 3, stride=1)
compare(result, [[[[0, 0, 0, -3, 0, 0], [0, -8, 0, 0, 0, -6], [0, 0, 0, 0, 0, 0]]]], image=image,
        say="This is the worked example.")

image = np.array([[[[1.0, 2.0, 9.0, 4.0, 5.0], [3.0, 0.0, 6.0, 7.0, 8.0]]]])
result = max_pool2d_backward(np.array([[[[10.0, 20.0]]]]), image, 2)
compare(result, [[[[0, 0, 20, 0, 0], [10, 0, 0, 0, 0]]]], say="The last column is in no window.", image=image)

image = np.array([[[[-3.0, -1.0], [-2.0, -4.0]]]])
sent = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
result = max_pool2d_backward(sent, image, 2, stride=2, padding=1)
compare(result, sent, say="Each pixel is alone in its window with padding, which never wins.", image=image)

result = max_pool2d_backward(np.array([[[[8.0]]]]), np.ones((1, 1, 2, 2)), 2)
compare(np.sum(result), 8, say="Four equal pixels: share the gradient as you like, but hand on all of it, and no more.")
print("Part 2, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="max_pool2d_backward"

# %% [markdown]
# ## Part 3: convolution
#
# One output is a sum of products, plus a bias. Its gradient goes three ways: times the weights to the pixels of its
# window, times those pixels to the weights, and as it is to the bias. Do that for every output and add up.
#
# **A worked example.** *A convolution layer with one filter w of 2 x 2 weights, stride 2 and no padding got the image x of 2
# rows and 4 columns. The gradient of the loss with respect to its output is dy. Write the gradient dw of the loss with
# respect to the filter.*
#
#     Image x:           Gradient dy:
#       -2   2   4   3     -3   2
#        4  -1  -3   0
#
# | weight | was multiplied by | gradient |
# | --- | --- | --- |
# | row 1, column 1 | -2 in the first window, 4 in the second | (-2) * (-3) + 4 * 2 = **14** |
# | row 1, column 2 | 2, and 3 | 2 * (-3) + 3 * 2 = **0** |
# | row 2, column 1 | 4, and -3 | 4 * (-3) + (-3) * 2 = **-18** |
# | row 2, column 2 | -1, and 0 | (-1) * (-3) + 0 * 2 = **3** |
#
# The bias was added to both outputs: db = -3 + 2 = **-1**. For dx, `legrade bank show conv-input-gradient --seed 3
# --solution` has the question and its steps.

# %% legrade_stub="conv2d_backward"
def conv2d_backward(dout, x, w, stride=1, padding=0, dilation=1, groups=1):
    """Send the gradient of a convolution back to its images, its filters and its biases.

    dout (n, f, i, j) is the derivative of a loss by output (n, f, i, j) of the convolution of x with w, which means
    cross-correlation, as in PyTorch. That output is the sum of the products of filter f and a window of image n,
    plus bias f: so it sends its gradient times the weights to the pixels of the window, its gradient times the
    pixels to the weights, and its gradient to the bias. What a pixel, a weight or a bias is sent by several outputs
    is added; nothing is averaged, and nothing is sent to the padding. The arguments stay as they are.

    Args:
        dout: gradient of the loss by the outputs, shape (N, F, OH, OW), with
            OH = floor((H + 2 * padding - dilation * (KH - 1) - 1) / stride) + 1, and OW in the same way; floats.
        x: images, shape (N, C, H, W); integers or floats.
        w: filters, shape (F, C // groups, KH, KW).
        stride: pixels from one window to the next, an integer >= 1, or a pair (along the height, along the width).
        padding: zeros put on each of the four sides, an integer >= 0, or a pair (above and below, left and right).
        dilation: distance between neighbouring entries of the kernel in pixels, an integer >= 1, or a pair.
        groups: number of equal shares into which channels and filters are split, in order; the filters of a share
            read only the channels of that share. It divides both C and F.

    Returns:
        Three arrays of floats, in this order:
        dx, the gradient of the loss by the images, shape (N, C, H, W), without the padding;
        dw, the gradient by the filters, shape (F, C // groups, KH, KW);
        db, the gradient by the biases, shape (F,).
    """
    ...

# %% [markdown]
# **Public checks.** Hidden tests give points for each of the three gradients by itself.

# %% legrade_check="public"
from legrade_checks import compare

image = np.array([[[[-2.0, 2.0, 4.0, 3.0], [4.0, -1.0, -3.0, 0.0]]]])
kernel = np.array([[[[-2.0, -3.0], [0.0, 3.0]]]])
sent = np.array([[[[-3.0, 2.0]]]])
result = conv2d_backward(sent, image, kernel, stride=2)
assert result is not None, "conv2d_backward returns None: is there a return statement?"
dx, dw, db = result
compare(dw, [[[[14, 0], [-18, 3]]]], say="dw of the worked example.")
compare(db, [-1], say="db of the worked example: one number for each filter.")
compare(dx, [[[[6, 9, -4, -6], [0, -9, 0, 6]]]], say="dx: -3 and 2 times the kernel, each in the place of its window.",
        kernel=kernel)

dx, dw, db = conv2d_backward(np.array([[[[1.0, 100.0]]]]), np.array([[[[1.0, 2.0, 3.0]]]]), np.array([[[[10.0, 1.0]]]]))
compare(dx, [[[[10, 1001, 100]]]], say="The middle pixel lies in both windows: 1 * 1 + 100 * 10.")
compare(dw, [[[[201, 302]]]], say="The first weight meets 1 and 2: 1 * 1 + 100 * 2.")
compare(db, [101])
print("Part 3, the first public checks pass.")

# %% legrade_check="public"
from legrade_checks import compare

kernel = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
result = conv2d_backward(np.array([[[[2.0]]]]), np.array([[[[7.0]]]]), kernel, padding=1)
assert result is not None, "conv2d_backward returns None: is there a return statement?"
dx, dw, db = result
compare(dx, [[[[10]]]], say="dx has the shape of x, without the padding; the pixel met the middle weight, 5.", kernel=kernel)
compare(dw, [[[[0, 0, 0], [0, 14, 0], [0, 0, 0]]]], say="All weights but the middle one met zeros of the padding.")

images, filters = np.ones((2, 3, 5, 4)), np.zeros((4, 3, 2, 3))
dx, dw, db = conv2d_backward(np.ones((2, 4, 3, 2)), images, filters, stride=2, padding=1)
compare(dx, np.zeros((2, 3, 5, 4)), say="Where all weights are 0, no pixel matters.")
compare(db, [12, 12, 12, 12], say="2 images of 3 x 2 outputs; nothing is averaged.")
expected = np.broadcast_to([[[4, 8, 8], [6, 12, 12]]], (4, 3, 2, 3))
compare(dw, expected, say="Each weight gets as many ones as there are outputs for which it lies on an image.")
print("Part 3, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="conv2d_backward"

# %% [markdown]
# ## Part 4: the loss
#
# At the end of the network stand logits: any numbers, one for each class. The softmax makes probabilities of them, and the
# cross-entropy is minus the logarithm of the probability of the right class. Two things go wrong in practice: the
# exponential of 1000 is more than a float can hold, and the logarithm of 0 is no number. Both are avoided by arithmetic, not
# by luck: subtracting the same number from all logits of an image changes no probability.
#
# **A worked example.** *For a batch of 2 images a network's logits z gave, after softmax, the probabilities p below. The true
# classes, counted from 0, are 1, 1. The loss is the mean over the batch of the negative logarithm of the true class's
# probability. Write the gradient dz of the loss with respect to the logits.*
#
#     Probabilities p:
#       0.1  0.6  0.3
#       0.5  0.1  0.4
#
# | | class 0 | class 1, the true one | class 2 |
# | --- | --- | --- | --- |
# | image 1 | 0.1 / 2 = **0.05** | (0.6 - 1) / 2 = **-0.2** | 0.3 / 2 = **0.15** |
# | image 2 | 0.5 / 2 = **0.25** | (0.1 - 1) / 2 = **-0.45** | 0.4 / 2 = **0.2** |
#
# Each row adds up to 0: what the right class gains, the others lose. `legrade bank show softmax-cross-entropy-gradient
# --seed 2 --solution` shows another question of this kind.

# %% legrade_stub="cross_entropy"
def cross_entropy(z, y):
    """Compute the cross-entropy loss of a batch.

    The loss of an image is minus the natural logarithm of the probability that the softmax of its logits gives to its
    own class; the loss of the batch is the mean over its images. It is finite and right for large logits, too, such as
    1000 or -1000, whose exponentials no float can hold. The arguments stay as they are.

    Args:
        z: logits, shape (N, K), a row for each image and a column for each of K >= 2 classes; finite floats.
        y: the images' own classes, shape (N,); integers from 0 to K - 1.

    Returns:
        A number, the loss of the batch.
    """
    ...

# %% legrade_stub="cross_entropy_backward"
def cross_entropy_backward(z, y):
    """Compute the gradient of the cross-entropy loss of a batch with respect to its logits.

    The loss is the mean over the images of minus the natural logarithm of the probability that the softmax of an
    image's logits gives to its own class. The gradient is right for large logits, too, such as 1000 or -1000, whose
    exponentials no float can hold. The arguments stay as they are.

    Args:
        z: logits, shape (N, K), a row for each image and a column for each of K >= 2 classes; finite floats.
        y: the images' own classes, shape (N,); integers from 0 to K - 1.

    Returns:
        Array of floats, shape (N, K): the derivative of the loss with respect to each logit.
    """
    ...

# %% [markdown]
# **Public checks.** A network that knows nothing holds all classes for equally likely: its loss is the logarithm of their
# number.

# %% legrade_check="public"
from legrade_checks import compare

compare(cross_entropy(np.zeros((4, 10)), np.array([0, 3, 9, 3])), np.log(10), say="Ten equal classes: ln 10 = 2.302585.")
halves = np.log(np.array([[3.0, 1.0], [1.0, 1.0]]))
compare(cross_entropy(halves, np.array([1, 0])), np.log(8) / 2, say="The mean of ln 4 and ln 2.")
far = np.array([[1000.0, 0.0]])
compare(cross_entropy(far, np.array([0])), 0, say="Sure, and right; no exponential may overflow.")
compare(cross_entropy(far, np.array([1])), 1000, say="Sure, and wrong: a large loss, and a finite one.")
print("Part 4, the first public checks pass.")

# %% legrade_check="public"
from legrade_checks import compare

probabilities = np.array([[0.1, 0.6, 0.3], [0.5, 0.1, 0.4]])
result = cross_entropy_backward(np.log(probabilities), np.array([1, 1]))
compare(result, [[0.05, -0.2, 0.15], [0.25, -0.45, 0.2]], say="This is the worked example.")
compare(cross_entropy_backward(np.array([[1000.0, 0.0]]), np.array([1])), [[1, -1]], say="Sure, and wrong.")
print("Part 4, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="cross_entropy"

# %% legrade_points="cross_entropy_backward"

# %% [markdown]
# ## All together: a network learns
#
# The network: a convolution with 2 filters of 3 x 3, ReLU, max pooling over 2 x 2, and a dense layer with 3 outputs; 47
# parameters. Its images show a bright row, a bright column, or a diagonal. Forwards, PyTorch computes convolution and
# pooling; the loss and the whole way back are yours. Follow the shapes: each line of the way back undoes one line of the way
# there, in the opposite order.

# %%
def network(parameters, images, labels):
    """Return the loss, and what each layer was given."""
    from torch import from_numpy
    from torch.nn import functional

    w, b, v, c = parameters
    before = functional.conv2d(from_numpy(images), from_numpy(w), from_numpy(b)).numpy()  # (N, 2, 4, 4)
    after = relu(before)
    pooled = functional.max_pool2d(from_numpy(after), 2).numpy()  # (N, 2, 2, 2)
    flat = pooled.reshape(len(images), 8)
    logits = flat @ v.T + c  # (N, 3)
    return cross_entropy(logits, labels), (before, after, pooled, flat, logits)


def way_back(parameters, images, labels):
    """Return the gradient of the loss with respect to each of the parameters."""
    w, b, v, c = parameters
    before, after, pooled, flat, logits = network(parameters, images, labels)[1]
    dlogits = cross_entropy_backward(logits, labels)
    dv, dc = dlogits.T @ flat, dlogits.sum(axis=0)  # the dense layer
    dpooled = (dlogits @ v).reshape(pooled.shape)
    dafter = max_pool2d_backward(dpooled, after, 2)
    dbefore = relu_backward(dafter, before)
    _, dw, db = conv2d_backward(dbefore, images, w)
    return dw, db, dv, dc


def some_images(count, source):
    """Make images (count, 1, 6, 6) of class 0, a row, class 1, a column, or class 2, a diagonal."""
    labels = np.arange(count) % 3
    images = 0.1 * source.standard_normal((count, 1, 6, 6))
    for image, label in zip(images, labels):
        place = source.integers(1, 5)
        if label == 0:
            image[0, place, :] += 1
        elif label == 1:
            image[0, :, place] += 1
        else:
            image[0] += np.eye(6, k=place - 2)
    return images, labels


def new_parameters(source):
    """Draw weights, and set biases to 0."""
    return [0.5 * source.standard_normal((2, 1, 3, 3)), np.zeros(2), 0.5 * source.standard_normal((3, 8)), np.zeros(3)]

# %% [markdown]
# **Is the gradient right?** Move one parameter by a tiny step to both sides and look at how the loss changes: that needs
# no derivative at all, only two forward passes for each parameter. It is far too slow for training, and it is the best
# check there is.

# %% legrade_check="public"
from legrade_checks import compare

compare(cross_entropy(np.zeros((1, 3)), np.array([0])), np.log(3), say="Part 4 comes first.")
source = np.random.default_rng(5)
images, labels = some_images(9, source)
parameters = new_parameters(source)
gradients = way_back(parameters, images, labels)
step = 1e-5
for name, parameter, gradient in zip(("dw", "db", "dv", "dc"), parameters, gradients):
    quotient = np.zeros(parameter.shape)
    for position in np.ndindex(parameter.shape):
        kept = parameter[position]
        parameter[position] = kept + step
        above = network(parameters, images, labels)[0]
        parameter[position] = kept - step
        below = network(parameters, images, labels)[0]
        parameter[position] = kept
        quotient[position] = (above - below) / (2 * step)
    compare(gradient, quotient, say=f"{name} of the network, against difference quotients.")
    print(f"{name}: {gradient.size} gradients agree with difference quotients")

# %% [markdown]
# **Does the loss fall?** A step of stochastic gradient descent moves every parameter a little against its gradient. One step
# first, then a few dozen on new images each time: that is training.

# %% legrade_check="public"
from legrade_checks import compare

compare(cross_entropy(np.zeros((1, 3)), np.array([0])), np.log(3), say="Part 4 comes first.")
source = np.random.default_rng(8)
images, labels = some_images(30, source)
parameters = new_parameters(source)
first = network(parameters, images, labels)[0]
parameters = [p - 0.1 * g for p, g in zip(parameters, way_back(parameters, images, labels))]
second = network(parameters, images, labels)[0]
print(f"loss before the first step {first:.4f}, behind it {second:.4f}")
assert second < first, f"a small step against the gradient lowers the loss; yours went from {first:.4f} to {second:.4f}"

for number in range(1, 151):
    batch = some_images(30, source)
    parameters = [p - 0.2 * g for p, g in zip(parameters, way_back(parameters, *batch))]
    if number % 30 == 0:
        print(f"after {number:3} more steps: loss {network(parameters, images, labels)[0]:.4f}")
last, (*_, logits) = network(parameters, images, labels)
accuracy = np.mean(np.argmax(logits, axis=1) == labels)
print(f"{accuracy:.0%} of the images are recognised; ln 3 = {np.log(3):.4f} is the loss of guessing")
assert last < 0.5, f"after 150 steps a right network has a loss below 0.5; yours has {last:.4f}"
