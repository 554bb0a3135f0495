# %% [markdown]
# # 5. LeNet: build it, train it, trust its accuracy
#
# In 1998 a network of two convolutions and three linear layers read the handwritten amounts on bank cheques. Today it
# trains in seconds on a laptop, and it is still the smallest network that has everything a large one has: filters
# that are learned, pooling, a classifier, a loss, an optimiser. You will build it, write the loop that trains it, and
# find out how well it reads digits that it has never seen.
#
# **Time**: about two and a half hours: 30 minutes for the warm-up, 30 for the model, 60 for the training loop, 30 for predictions, accuracy and the digits.
#
# ## What you write
#
# Five functions; their docstrings are the contract that the tests hold you to.
#
# | function | what it does |
# | --- | --- |
# | `build_sequential()` | a network with batch normalisation and dropout: 20,538 parameters |
# | `build_model()` | LeNet with ReLU and max pooling: 61,706 parameters |
# | `fit(model, x_train, y_train, *, epochs, batch_size, lr, device, seed)` | trains the model, returns the mean loss of each epoch |
# | `predict(model, x, *, batch_size, device)` | returns logits (N, 10) |
# | `evaluate(model, x, y, *, batch_size, device)` | returns the accuracy, a share from 0 to 1 |
#
# ## The recipe
#
# | | |
# | --- | --- |
# | images | 1,400 handwritten digits, float32 (N, 1, 28, 28), values in [0, 1] |
# | labels | int64 (N,), classes 0 to 9 |
# | optimiser | Adam, `lr=0.001`, otherwise PyTorch's defaults |
# | loss | mean cross-entropy |
# | epochs, batch size | 10 epochs, 32 images |
# | device | `cuda` where the grader has one, else `cpu` with one thread |
# | budget | a call of `fit` may take 90 seconds; the recipe takes about 2 seconds on one core |
#
# ## Points
#
# | part | points | what it takes |
# | --- | --- | --- |
# | `build_sequential` | 4 | its layers and parameters, and what it computes in training and in evaluation mode |
# | `lenet` | 20 | `build_model`, `fit`, `predict` and `evaluate`, and all four together |
#
# The checks below each part are public: run them as often as you like. They are *necessary, not sufficient*: all 24 of the 24
# points are given by hidden tests. Those of `lenet` look at the shapes and the number of parameters, set the weights and compare your
# logits with LeNet's, and follow your training step by step: which images are in which batch, where each step takes the
# weights, what loss you report. For that they also pass other models than yours to `fit`, `predict` and `evaluate`, such as
# a small one with batch normalisation. Then they train your model by the recipe and measure its **accuracy on images whose
# labels your program never sees**: reach **0.92** and you have all points for accuracy; a right solution has about 0.97.
# Below, the points fall in a straight line, to none at about half of that. A run that just misses is repeated with other
# seeds, up to twice, and the best counts.
#
# The images of the hidden tests are the same digits in another look, and their classes have other names. A network that
# learns does not notice; weights that were trained elsewhere do not fit. Your functions must not change their arguments.

# %%
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# %% [markdown]
# ## Warm-up: one network, two modes
#
# Before LeNet comes a network of newer parts. Two kinds of its layers act in one way while it is trained and in another while
# it is used. **Batch normalisation** brings each channel to the mean 0 and the variance 1 of the batch, and gathers both on
# the way; in use it takes what it gathered. **Dropout** sets random values to 0; in use it rests. A module's methods `train`
# and `eval` say which it is to be, and whoever forgets to call them gets numbers that look right and are not.
#
# **A worked example.** *The block `nn.Conv2d(12, 48, kernel_size=3, padding=1, bias=False)`, `nn.BatchNorm2d(48)`,
# `nn.ReLU()`, `nn.Dropout()` is applied to images of shape (12, 14, 14) (channels, height, width), whose size it keeps. How
# many trainable parameters does it have?*
#
# | layer | parameters |
# | --- | --- |
# | convolution, without bias | 48 * 12 * 3 * 3 = 5184 |
# | batch normalisation: a scale and a shift for each channel | 2 * 48 = 96 |
# | ReLU and dropout | 0 |
# | the block | 5184 + 96 = **5280** |
#
# A bias would be of no use there: with the mean of the channel the batch normalisation takes it away again, and its own shift
# comes after that. The running mean and variance are gathered, not trained, and are no parameters. Count your network in
# the same way before you build it. `legrade bank show conv-block-parameters --seed 1 --solution` shows another block.

# %% legrade_stub="build_sequential"
def build_sequential():
    """Build a small network for images of one channel and 28x28 pixels as one `nn.Sequential`, with new random weights.

    In this order, built of layers of `torch.nn`: a convolution with 16 filters of 3x3, padding 1 and no bias; batch
    normalisation; ReLU; max pooling over 2x2; a convolution with 32 filters of 3x3, padding 1 and no bias; batch
    normalisation; ReLU; max pooling over 2x2; then, on the flattened values, dropout with probability 0.25 and a linear
    layer with 10 outputs. Everything that is not said here is PyTorch's default: 20,538 parameters.

    What computes the same is as good: ReLU after the max pooling, dropout before the flattening, or an `nn.Sequential`
    of blocks that are an `nn.Sequential` themselves.

    Returns:
        An `nn.Sequential` in training mode, as new layers are, that turns images (N, 1, 28, 28) into logits (N, 10): no
        softmax at the end. Each call returns another one.
    """
    ...

# %% [markdown]
# **Public checks.** They are *necessary, not sufficient*: they cannot tell whether the layers stand in the right order.

# %% legrade_check="public"
network = build_sequential()
assert isinstance(network, nn.Sequential), f"build_sequential returns an nn.Sequential, not {type(network).__name__}"
assert all(layer.training for layer in network.modules()), "a new network is in training mode"
few = torch.rand(3, 1, 28, 28)
shape = tuple(network(few).shape)
assert shape == (3, 10), f"three images give logits of the shape (3, 10), not {shape}"
count = sum(parameter.numel() for parameter in network.parameters())
assert count == 20538, f"the network has 20,538 parameters, yours has {count:,}; work out each layer's on paper"
assert not torch.equal(network(few), network(few)), "in training mode dropout leaves out other values each time"
network.eval()
assert torch.equal(network(few), network(few)), "in evaluation mode the same images give the same logits"
alone = torch.cat([network(few[i : i + 1]) for i in range(3)])
assert torch.allclose(alone, network(few), atol=1e-5), "in evaluation mode the other images of a batch do not matter"
print("Warm-up, all public checks pass. They are necessary, not sufficient.")

# %% legrade_points="build_sequential"

# %% [markdown]
# ## Part 1: the model
#
# **A worked example.** *The table below is that of a network for images of shape (1, 30, 30) (channels, height, width): its
# layers, the shape of their output for one image, and how many parameters they have. A ? is what fits. Fill in the blanks,
# and give the number of parameters of the whole network.*
#
#     nn.Conv2d(1, 8, kernel_size=5), nn.ReLU()    (8, 26, 26)   208
#     nn.MaxPool2d(2)                              (a)           0
#     nn.Conv2d(8, 16, kernel_size=5), nn.ReLU()   (16, 9, 9)    (b)
#     nn.MaxPool2d(2)                              (16, 4, 4)    0
#     nn.Flatten()                                 (c)           0
#     nn.Linear(?, 120), nn.ReLU()                 (120,)        (d)
#     nn.Linear(120, 60), nn.ReLU()                (60,)         7260
#     nn.Linear(60, 10)                            (10,)         610
#
# | blank | |
# | --- | --- |
# | (a) the first pooling | floor((26 + 2 * 0 - 2) / 2) + 1 = 13: the shape **(8, 13, 13)** |
# | (b) the second convolution | 16 * 8 * 5 * 5 + 16 = **3216** parameters |
# | (c) the flattening | 16 * 4 * 4 = **256** numbers: a row and a column of 9 x 9 were in no window |
# | (d) the first dense layer | 120 * 256 + 120 = **30840** parameters |
# | the whole network | 3216 + 30840 + 8078 = **42134** parameters; 8078 of them stand in the table |
#
# A relative of LeNet. Write the table of LeNet itself in the same way before you build it: where does the padding show?
# `legrade bank show lenet-table --seed 1 --solution` shows another table.

# %% legrade_stub="build_model"
def build_model():
    """Build LeNet for images of one channel and 28x28 pixels, with new random weights.

    In this order, built of layers of `torch.nn`: a convolution with 6 filters of 5x5 and padding 2; ReLU; max pooling
    over 2x2; a convolution with 16 filters of 5x5; ReLU; max pooling over 2x2; then, on the flattened values, linear
    layers with 120, 84 and 10 outputs with ReLU between them. All layers have a bias: 61,706 parameters.

    Returns:
        A `torch.nn.Module` that turns images (N, 1, 28, 28) into logits (N, 10): no softmax at the end.
    """
    ...

# %% [markdown]
# **Public checks.** They are *necessary, not sufficient*.

# %% legrade_check="public"
model = build_model()
assert isinstance(model, nn.Module), f"build_model returns a torch.nn.Module, not {type(model).__name__}"
shape = tuple(model(torch.zeros(3, 1, 28, 28)).shape)
assert shape == (3, 10), f"three images give logits of the shape (3, 10), not {shape}"
count = sum(parameter.numel() for parameter in model.parameters())
assert count == 61706, f"LeNet has 61,706 parameters, yours has {count:,}; work out each layer's on paper"
print("Part 1, all public checks pass. They are necessary, not sufficient.")

# %% [markdown]
# ## Part 2: training
#
# Three lines of the loop are easily forgotten, and the network still seems to learn: the gradients of the last batch
# must go before the next one adds its own; images and labels must be shuffled together; the loss takes logits.

# %% legrade_stub="fit"
def fit(model, x_train, y_train, *, epochs, batch_size, lr, device, seed):
    """Train `model` in place with Adam on the mean cross-entropy.

    In every epoch each image is used once, in batches of `batch_size` (the last batch may be smaller), in a new random
    order. The orders follow from `seed` alone: the same weights, data and seed give the same training again, and
    another seed gives other orders. Adam has its default settings except for `lr`, and is made once. One thread.

    Args:
        model: a `torch.nn.Module` that turns images into logits (N, 10), such as `build_model()` returns; its weights at
            the call are where training starts. It may hold layers that act otherwise in training than in prediction,
            such as batch normalisation, and may come in either mode; it is trained in training mode.
        x_train: float32 CPU tensor (N, 1, 28, 28), values in [0, 1]; it must not be changed.
        y_train: int64 CPU tensor (N,), classes 0..9; it must not be changed.
        epochs: how often each image is used.
        batch_size: images per step.
        lr: Adam's learning rate.
        device: "cpu" or "cuda": where to train. The model may stay there.
        seed: integer that fixes the orders.

    Returns:
        A list of `epochs` floats: for each epoch the mean of the loss over all images, as it was at the step that
        used them: a smaller last batch counts less.
    """
    ...

# %% [markdown]
# **Public checks.** Before training, ten classes are equally likely: the loss starts near ln 10 = 2.303. On a handful of
# images it can be brought close to 0.

# %% legrade_check="public"
torch.manual_seed(7)
model = build_model()
few = torch.rand(20, 1, 28, 28)
answers = torch.arange(20) % 10
losses = fit(model, few, answers, epochs=60, batch_size=5, lr=0.003, device="cpu", seed=1)
assert losses is not None and len(losses) == 60, "fit returns a list with one loss for each epoch"
assert 1.5 < losses[0] < 6, f"the first loss is near ln 10 = 2.303, or some more, yours is {losses[0]:.3f}"
assert losses[-1] < 0.5, f"twenty images can be learned by heart; your last loss is {losses[-1]:.3f}"
[still] = fit(model, few, answers, epochs=1, batch_size=8, lr=0.0, device="cpu", seed=1)
mean = F.cross_entropy(model(few), answers).item()
assert abs(still - mean) < 1e-3, f"without a step the loss is the mean over all images, {mean:.4f}, yours is {still:.4f}"
print("Part 2, all public checks pass. They are necessary, not sufficient.")

# %% [markdown]
# ## Part 3: prediction

# %% legrade_stub="predict"
def predict(model, x, *, batch_size, device):
    """Return the logits of `model` for the images `x`, without training it further.

    Args:
        model: a `torch.nn.Module` as `fit` takes it, trained or not, in either mode; it predicts in evaluation mode.
        x: float32 CPU tensor (N, 1, 28, 28), values in [0, 1]; it must not be changed.
        batch_size: images at one time; it must not change the result.
        device: "cpu" or "cuda": where to compute.

    Returns:
        A CPU tensor (N, 10): row i holds the logits of image i.
    """
    ...

# %% [markdown]
# **Public checks.**

# %% legrade_check="public"
model, few = build_model(), torch.rand(20, 1, 28, 28)
logits = predict(model, few, batch_size=7, device="cpu")
assert logits is not None, "predict returns None: is there a return statement?"
assert tuple(logits.shape) == (20, 10), f"one row of ten logits for each image, not {tuple(logits.shape)}"
whole = predict(model, few, batch_size=20, device="cpu")
assert torch.allclose(torch.as_tensor(logits), torch.as_tensor(whole), atol=1e-4), "the batch size changes the result"
print("Part 3, all public checks pass. They are necessary, not sufficient.")

# %% [markdown]
# ## Part 4: accuracy
#
# Two details decide whether the number is right: the last batch may hold fewer images, and a model with batch normalisation
# or dropout must be told that it is not being trained.

# %% legrade_stub="evaluate"
def evaluate(model, x, y, *, batch_size, device):
    """Return the accuracy of `model` on images whose classes are known, without training it further.

    Args:
        model: as for `predict`.
        x: float32 CPU tensor (N, 1, 28, 28), values in [0, 1]; it must not be changed.
        y: int64 CPU tensor (N,), classes 0..9; it must not be changed.
        batch_size: images at one time, the last batch may be smaller; it must not change the result.
        device: "cpu" or "cuda": where to compute.

    Returns:
        A float in [0, 1]: the share of the N images whose largest logit is that of their class.
    """
    ...

# %% [markdown]
# **Public checks.** Of three images of the classes 4, 4 and 7, a model that always says 4 gets two.

# %% legrade_check="public"
class Four(nn.Module):
    """Says 4, and in training mode 7."""

    def forward(self, images):
        return F.one_hot(torch.full((len(images),), 7 if self.training else 4), 10).float()


share = evaluate(Four(), torch.rand(3, 1, 28, 28), torch.tensor([4, 4, 7]), batch_size=2, device="cpu")
assert share is not None, "evaluate returns None: is there a return statement?"
assert 0 <= share <= 1, f"an accuracy is a share from 0 to 1, not {share}"
assert abs(share - 2 / 3) < 1e-6, f"two of three are right: 0.667, not {share:.3f}; mind the mode and the smaller last batch"
print("Part 4, all public checks pass. They are necessary, not sufficient.")

# %% [markdown]
# ## All together: read digits
#
# This cell trains your model on the digits by the recipe, exactly as at home as in the grading, and measures the accuracy
# on 397 digits that were held back. scikit-learn brings the digits: `pip install scikit-learn` where it is missing (Colab has it).

# %% legrade_check="public"
from sklearn.datasets import load_digits

small, labels = load_digits(return_X_y=True)
large = small.reshape(-1, 8, 8).repeat(3, axis=1).repeat(3, axis=2) / 16
images = torch.tensor(np.pad(large, ((0, 0), (2, 2), (2, 2)))[:, np.newaxis], dtype=torch.float32)
labels = torch.tensor(labels, dtype=torch.int64)
order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
train, test = order[:1400], order[1400:]

torch.set_num_threads(1)
model = build_model()
losses = fit(model, images[train], labels[train], epochs=10, batch_size=32, lr=0.001, device="cpu", seed=1)
assert losses is not None, "fit returns None: parts 1 to 3 come first"
accuracy = float(evaluate(model, images[test], labels[test], batch_size=128, device="cpu"))
print("mean loss of each epoch:", *(f"{loss:.3f}" for loss in losses))
print(f"accuracy on {len(test)} digits that were held back: {accuracy:.3f}")
assert accuracy >= 0.92, "a right solution reaches 0.92; what is different in yours?"

# %% legrade_points="lenet"
