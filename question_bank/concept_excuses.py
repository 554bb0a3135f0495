"""Reasons that sound right and are not: for some facts of `question_bank.concepts`, each with the misconception behind it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Excuses = tuple[tuple[str, str], ...]

EXCUSES: Final[Mapping[str, Excuses]] = MappingProxyType(
    {
        "pointwise-mixes": (
            ("Its kernel is turned by 180 degrees before it is used.", "kernel-flipped"),
            (
                "It looks at the neighbours of each pixel, from which it makes new channels.",
                "pointwise-widens-field",
            ),
            ("It copies each channel as often as there are filters.", "channels-kept-apart"),
        ),
        "two-become-one": (
            (
                "The second convolution only repeats what the first one did, so it can be left out.",
                "second-layer-thought-idle",
            ),
            ("Both share their weights, so there is only one kernel.", "layers-thought-to-share-weights"),
            ("Training makes both kernels equal.", "training-thought-to-equalise"),
        ),
        "content-moves": (
            ("Padding keeps the size of the image, so nothing is lost.", "same-size-assumed"),
            (
                "Max pooling behind the convolution removes the movement.",
                "pooling-thought-part-of-convolution",
            ),
            ("The convolution has learned a kernel of its own for each position.", "weights-per-position"),
        ),
        "zero-sum-kernel": (
            ("Constant images are set to 0 before the convolution.", "pixels-thought-centred"),
            ("The padding around a constant image consists of zeros.", "border-taken-for-the-middle"),
            ("Negative results are set to 0.", "negatives-clipped"),
        ),
        "max-pool-padding": (
            ("The padding consists of zeros, and 0 is neither positive nor negative.", "padding-with-zeros"),
            ("The padding repeats the pixels of the border.", "padding-repeats-edge"),
            ("Windows that reach into the padding are left out.", "padded-windows-thought-left-out"),
        ),
        "relu-and-max": (
            ("Max pooling gives no negative values.", "maximum-from-zero"),
            (
                "ReLU and max pooling have no weights, and the order of layers without weights never matters.",
                "averaging-and-relu-exchanged",
            ),
            ("Both are linear, so that they can be exchanged.", "maximum-thought-linear"),
        ),
        "gradient-to-winner": (
            (
                "The gradient is shared out among the pixels, and the others get too little to be seen.",
                "gradient-shared-in-the-window",
            ),
            (
                "Pixels that are not the largest are dropped at random, as by dropout.",
                "pooling-taken-for-dropout",
            ),
            (
                "Only the largest pixel is positive, and ReLU blocks the gradient of the others.",
                "pooling-taken-for-relu",
            ),
        ),
        "half-a-kernel": (
            ("A padding of 2 adds two rows in all, as many as the kernel needs.", "padding-once"),
            ("Half of the kernel lies outside the image in any case.", "window-centred-on-the-pixel"),
            ("The stride of 1 keeps the size, whatever the padding.", "same-size-assumed"),
        ),
        "any-image-size": (
            ("Larger images are made smaller before the convolution.", "images-thought-resized"),
            ("Unused weights are set to 0 on smaller images.", "weights-per-position"),
            ("New weights are made for each size of image.", "conv-tied-to-image-size"),
        ),
        "transposed-no-inverse": (
            ("Rounding errors of float32 change the values a little.", "difference-thought-rounding"),
            (
                "Its kernel has other weights than that of the convolution.",
                "transposed-thought-of-other-weights",
            ),
            ("It takes the maximum of each window, which cannot be undone.", "transposed-taken-for-pooling"),
        ),
        "groups-divide": (
            ("The groups share one set of weights.", "one-group-only"),
            ("Half of the filters are left out.", "groups-thought-to-drop-filters"),
            ("The image is divided into two halves.", "groups-thought-to-split-the-image"),
        ),
        "two-small-kernels": (
            ("The second convolution has no weights of its own.", "layers-thought-to-share-weights"),
            ("The second convolution works on a smaller image.", "weights-per-position"),
            ("Small kernels have no biases.", "bias-forgotten"),
        ),
        "dense-layers-heavy": (
            (
                "Its weights are stored with more bytes than those of a convolution.",
                "bytes-taken-for-weights",
            ),
            ("It is used once for every position of the image.", "cost-for-parameters"),
            (
                "It comes last, and the number of parameters doubles with each layer.",
                "deeper-means-more-parameters",
            ),
        ),
        "stride-widens-later": (
            ("A stride makes the kernel itself larger.", "stride-taken-for-dilation"),
            ("A stride adds padding around the image.", "stride-thought-to-pad"),
            ("The layers behind it have more channels.", "channels-widen-field"),
        ),
        "dense-sees-all": (
            ("`nn.Flatten()` adds the pixels of each channel up.", "flatten-thought-to-add"),
            ("Its kernel is moved over the whole image.", "dense-thought-to-slide"),
            ("Its bias depends on all pixels.", "bias-thought-to-depend-on-pixels"),
        ),
        "inception-joins": (
            ("Adding them would need as many branches as channels.", "branches-counted-as-channels"),
            (
                "All branches have the same kernel, so they would only be multiples of each other.",
                "branches-thought-alike",
            ),
            ("The largest branch wins, and the others are left out.", "branches-thought-to-compete"),
        ),
        "reduction-before-large": (
            ("The 1x1 convolution makes the image smaller.", "pointwise-thought-to-shrink"),
            ("The 1x1 convolution has no weights.", "pointwise-thought-useless"),
            ("The 5x5 kernel becomes a 3x3 kernel behind it.", "kernel-thought-to-shrink"),
        ),
        "zero-block-passes": (
            ("The convolutions copy their input when they have no weights.", "zero-weights-thought-to-copy"),
            ("Batch normalisation restores what was lost.", "batch-norm-thought-to-restore"),
            ("PyTorch leaves layers with weights of 0 out.", "zero-layers-thought-skipped"),
        ),
        "backward-adds": (
            ("Each batch gets a learning rate of its own, which is summed up.", "accumulated-rates"),
            ("The weights are averaged over the batches.", "weights-thought-averaged"),
            ("The loss of all earlier batches is computed again.", "earlier-batches-thought-recomputed"),
        ),
        "logits-for-the-loss": (
            ("Probabilities do not add up to 1 in float32.", "difference-thought-rounding"),
            ("Its gradient is worked out without a softmax.", "loss-thought-without-softmax"),
            ("The class is chosen by `argmax`, which needs no softmax.", "loss-taken-for-the-prediction"),
        ),
        "rate-too-large": (
            ("A large learning rate makes the gradient itself wrong.", "rate-thought-to-change-the-gradient"),
            ("The loss is multiplied by the learning rate.", "rate-thought-to-scale-the-loss"),
            ("A large learning rate uses fewer images.", "rate-taken-for-the-batch-size"),
        ),
        "equal-start": (
            ("Equal weights are never changed by the optimiser.", "equal-weights-thought-frozen"),
            ("The activation makes them equal again after each step.", "activation-thought-to-equalise"),
            ("Weights of one layer are shared by all of its filters.", "output-channels-forgotten"),
        ),
        "argmax-of-logits": (
            ("The softmax only rounds the logits.", "softmax-thought-to-round"),
            ("The largest logit is always larger than 1.", "logits-taken-for-probabilities"),
            ("The softmax gives 1 to the largest logit and 0 to all others.", "argmax-instead-of-softmax"),
        ),
        "dropout-scales": (
            ("Weights are trained to be twice as large.", "dropout-thought-to-train"),
            (
                "The values that were dropped are added to those that are kept.",
                "dropped-values-thought-added",
            ),
            ("In evaluation the values are doubled as well, so both must agree.", "dropout-in-evaluation"),
        ),
        "norm-in-evaluation": (
            ("In evaluation mode it leaves everything as it is.", "batch-norm-thought-to-rest"),
            ("It normalises each image with the image's own mean.", "batch-norm-per-image"),
            ("All batches have the same mean.", "batches-thought-alike"),
        ),
        "mean-of-means": (
            ("Images of the last batch are harder.", "last-batch-thought-harder"),
            ("Accuracies are rounded for each batch.", "difference-thought-rounding"),
            ("The model is trained between the batches.", "evaluation-thought-to-train"),
        ),
        "loss-without-accuracy": (
            ("The loss is worked out on the training images only.", "loss-thought-of-training-only"),
            ("Accuracy is rounded to whole percents.", "difference-thought-rounding"),
            ("The loss also falls when the learning rate falls.", "rate-thought-to-scale-the-loss"),
        ),
        "sure-and-wrong": (
            ("Probabilities of a model in training mode mean nothing.", "eval-thought-optional"),
            ("One of a hundred images is wrong on purpose.", "probability-thought-a-quota"),
            ("The softmax was left out.", "argmax-thought-to-need-softmax"),
        ),
        "padding-sees-no-more": (
            ("The padded zeros are skipped by the kernel.", "padded-windows-thought-left-out"),
            ("Padding is added behind the convolution.", "padding-of-the-output"),
            (
                "Padding makes the kernel smaller by as much as it makes the image larger.",
                "kernel-thought-to-shrink",
            ),
        ),
        "channels-see-no-more": (
            (
                "Further channels read the same window once more, and windows of one layer are averaged.",
                "channels-averaged",
            ),
            ("Further channels are used in training only.", "channels-thought-for-training"),
            (
                "Each channel sees its own part of the image, so that all see the whole of it together.",
                "groups-thought-to-split-the-image",
            ),
        ),
        "corners-read-less": (
            ("A corner pixel is set to 0 before the convolution.", "pixels-thought-centred"),
            ("The stride of 1 passes over the corners.", "stride-thought-to-skip-corners"),
            ("The kernel has a single weight for corners.", "weights-per-position"),
        ),
        "decay-shrinks": (
            ("It makes each step shorter than the one before.", "weight-decay-for-rate-decay"),
            ("It sets weights to 0 at random.", "weight-decay-for-dropout"),
            ("It divides the weights by the number of images.", "weights-thought-averaged"),
        ),
        "dropout-of-channels": (
            ("Images have more channels than pixels.", "channels-counted-as-pixels"),
            ("Pixels have no weights that could be dropped.", "dropout-thought-to-train"),
            ("Channels that are dropped need not be stored.", "dropout-thought-to-save-memory"),
        ),
        "augmentation-in-training": (
            ("Test images have no labels, so they cannot be changed.", "test-images-thought-unlabelled"),
            ("In evaluation mode a network mirrors its images by itself.", "augmentation-in-evaluation"),
            ("Changed images would change the weights while they are tested.", "evaluation-thought-to-train"),
        ),
        "padded-zeros-counted": (
            ("The zeros make the maximum of the window smaller.", "max-instead-of-mean"),
            ("The padding repeats the border, so it counts like pixels.", "padding-repeats-edge"),
            ("The sum is divided by the length of the window's side.", "mean-over-side"),
        ),
        "linear-last-axis": (
            ("A dense layer flattens its input first.", "linear-drops-axes"),
            ("An axis of length 1 is not stored.", "single-axis-thought-dropped"),
            ("The batch size is part of the layer's weights.", "batch-thought-part-of-the-weights"),
        ),
        "cost-is-not-size": (
            ("One of them has to be trained for longer.", "training-time-for-cost"),
            ("Biases are not parameters.", "bias-forgotten"),
            ("A convolution multiplies parameters with each other.", "parameters-thought-multiplied"),
        ),
        "guessing-ten-classes": (
            ("Guessing makes the probabilities of all classes add up to 1/10.", "chance-loss-as-probability"),
            (
                "Every guess is either right or wrong, and one of ten is allowed to be right.",
                "probability-thought-a-quota",
            ),
            ("An untrained network needs ten images of each class.", "classes-counted-as-images"),
        ),
        "shortcut-must-fit": (
            ("The shortcut would have too many weights otherwise.", "shortcut-thought-to-have-weights"),
            ("Channels are joined, and 64 and 128 make 192.", "branches-put-side-by-side"),
            ("Training would fill the missing channels only slowly.", "shortcut-misfit-unnoticed"),
        ),
    }
)
"""By the id of the fact: texts of false reasons, with the ids of misconceptions."""
