"""Reasons that sound right and are not: for some facts of `question_bank.concepts`, each with the misconception behind it.

Those of a fact are chosen in length, in each language, so that the right reason is no more often the longest of four, or the
shortest, than any other.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

EXCUSES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "pointwise-mixes": {
            "kernel-flipped": "Its kernel is turned by 180 degrees before it is used, which puts the channels of each pixel into another order.",
            "pointwise-widens-field": "It looks at the neighbours of each pixel as well, and what it finds in them becomes channels that were not there before.",
            "channels-kept-apart": "It copies each channel as often as there are filters.",
        },
        "two-become-one": {
            "second-layer-thought-idle": "The second convolution only repeats what the first one did, so it can be left out.",
            "layers-thought-to-share-weights": "Both share their weights, so there is only one kernel.",
            "training-thought-to-equalise": "Training makes both kernels equal.",
        },
        "content-moves": {
            "same-size-assumed": "Padding keeps the image at its size, so that nothing of what it shows is lost on the way to the output.",
            "pooling-thought-part-of-convolution": "Max pooling is a part of each convolution, and it hands on by how many pixels the content has moved.",
            "weights-per-position": "The convolution has learned a kernel of its own for each position, so it knows where the content lies.",
        },
        "zero-sum-kernel": {
            "pixels-thought-centred": "Constant images are set to 0 before the convolution.",
            "border-taken-for-the-middle": "The padding around a constant image consists of zeros.",
            "negatives-clipped": "Where entries of the kernel are negative their products are negative as well, and negative results are set to 0.",
        },
        "max-pool-padding": {
            "padding-with-zeros": "The padding consists of zeros, and 0 is neither positive nor negative.",
            "padding-repeats-edge": "The padding repeats the pixels of the border, so that it is never larger than they are.",
            "padded-windows-thought-left-out": "Windows that reach into the padding are left out.",
        },
        "relu-and-max": {
            "maximum-from-zero": "Max pooling gives no negative values.",
            "averaging-and-relu-exchanged": "ReLU and max pooling have no weights, and the order of layers without weights never matters.",
            "maximum-thought-linear": "Both are linear, so that they can be exchanged.",
        },
        "gradient-to-winner": {
            "gradient-shared-in-the-window": "The gradient is shared out among the pixels, and the others get too little to be seen.",
            "pooling-taken-for-dropout": "Pixels that are not the largest are dropped at random, as by dropout.",
            "pooling-taken-for-relu": "Only the largest pixel is positive, and ReLU blocks the gradient of the others.",
        },
        "half-a-kernel": {
            "padding-once": "A padding of 2 adds two rows in all, as many as the kernel needs.",
            "window-centred-on-the-pixel": "Half of the kernel lies outside the image in any case, so the size does not change.",
            "same-size-assumed": "A stride of 1 alone keeps the size of the image, whatever padding it is given.",
        },
        "any-image-size": {
            "images-thought-resized": "Larger images are made smaller before the convolution.",
            "weights-per-position": "Unused weights are set to 0 on smaller images.",
            "conv-tied-to-image-size": "New weights are made for each size of image.",
        },
        "transposed-no-inverse": {
            "difference-thought-rounding": "Rounding errors of float32 change the values a little.",
            "transposed-thought-of-other-weights": "Its kernel has other weights than that of the convolution.",
            "transposed-taken-for-pooling": "It takes the maximum of each window, and from a maximum the smaller values cannot be found again.",
        },
        "groups-divide": {
            "one-group-only": "The groups share one set of weights.",
            "groups-thought-to-drop-filters": "Half of the filters are left out.",
            "groups-thought-to-split-the-image": "The image is divided into two halves.",
        },
        "two-small-kernels": {
            "layers-thought-to-share-weights": "The second convolution has no weights of its own, but uses those of the first.",
            "weights-per-position": "The second convolution works on a smaller image, so it needs fewer weights.",
            "bias-forgotten": "Small kernels have no biases.",
        },
        "dense-layers-heavy": {
            "bytes-taken-for-weights": "Each of its weights is stored with more bytes than a weight of a convolution is.",
            "cost-for-parameters": "It is used once for every position of the image, and each use adds to its parameters.",
            "deeper-means-more-parameters": "It stands behind all convolutions, and the number of parameters doubles with each layer.",
        },
        "stride-widens-later": {
            "stride-taken-for-dilation": "A stride makes the kernel itself larger.",
            "stride-thought-to-pad": "A stride adds padding around the image.",
            "channels-widen-field": "The layers behind it have more channels.",
        },
        "dense-sees-all": {
            "flatten-thought-to-add": "`nn.Flatten()` adds the pixels of each channel up.",
            "dense-thought-to-slide": "Its kernel is moved over the whole image, row by row.",
            "bias-thought-to-depend-on-pixels": "Its bias depends on all pixels of all these maps.",
        },
        "inception-joins": {
            "branches-counted-as-channels": "Adding them would need as many branches as channels.",
            "branches-thought-alike": "All branches have the same kernel, so they would only be multiples of each other.",
            "branches-thought-to-compete": "The largest branch wins, and the others are left out.",
        },
        "reduction-before-large": {
            "pointwise-thought-to-shrink": "The 1x1 convolution makes the image smaller.",
            "pointwise-thought-useless": "The 1x1 convolution has no weights.",
            "kernel-thought-to-shrink": "The 5x5 kernel becomes a 3x3 kernel behind it.",
        },
        "zero-block-passes": {
            "zero-weights-thought-to-copy": "The convolutions copy their input when their weights are 0, as nothing is left to change it.",
            "batch-norm-thought-to-restore": "Batch normalisation behind the convolutions restores the values that were lost in them.",
            "zero-layers-thought-skipped": "PyTorch leaves layers with weights of 0 out.",
        },
        "backward-adds": {
            "accumulated-rates": "Each batch gets a learning rate of its own, which is summed up.",
            "weights-thought-averaged": "The weights are averaged over all batches that were seen so far.",
            "earlier-batches-thought-recomputed": "The loss of all earlier batches is computed again with each new one.",
        },
        "logits-for-the-loss": {
            "difference-thought-rounding": "Probabilities that a softmax has given do not add up to 1 in float32, so the loss works them out once more.",
            "loss-thought-without-softmax": "Its gradient is worked out without a softmax.",
            "loss-taken-for-the-prediction": "The class is chosen by `argmax`, which needs no softmax.",
        },
        "rate-too-large": {
            "rate-thought-to-change-the-gradient": "A large learning rate makes the gradient itself wrong, so that it points away from the minimum.",
            "rate-thought-to-scale-the-loss": "The loss is multiplied by the learning rate, and what is multiplied by more comes out larger.",
            "rate-taken-for-the-batch-size": "A large learning rate uses fewer images.",
        },
        "equal-start": {
            "equal-weights-thought-frozen": "Equal weights are never changed by the optimiser.",
            "activation-thought-to-equalise": "The activation makes them equal again after each step.",
            "output-channels-forgotten": "Weights of one layer are shared by all of its filters.",
        },
        "argmax-of-logits": {
            "softmax-thought-to-round": "The softmax does no more than round the logits, and the largest of them stays the largest.",
            "logits-taken-for-probabilities": "The largest logit is always larger than 1.",
            "argmax-instead-of-softmax": "The softmax gives the probability 1 to the class with the largest logit and 0 to each of the others.",
        },
        "dropout-scales": {
            "dropout-thought-to-train": "Weights are trained to be twice as large, because only one half of them is used at a time.",
            "dropped-values-thought-added": "The values that were dropped are added to those that are kept, so that nothing of them is lost.",
            "dropout-in-evaluation": "In evaluation mode the values are doubled as well, and training has to agree with that.",
        },
        "norm-in-evaluation": {
            "batch-norm-thought-to-rest": "In evaluation mode it leaves all values as they are, just as dropout does.",
            "batch-norm-per-image": "It normalises each image with the mean and the variance of that image alone.",
            "batches-thought-alike": "All batches have the same mean.",
        },
        "mean-of-means": {
            "last-batch-thought-harder": "Images of the last batch are harder.",
            "difference-thought-rounding": "Accuracies are rounded for each batch.",
            "evaluation-thought-to-train": "The model is trained between the batches.",
        },
        "loss-without-accuracy": {
            "loss-thought-of-training-only": "The loss is worked out on the training images only and the accuracy on the test images only.",
            "difference-thought-rounding": "The accuracy is rounded to whole percents, so that small changes of it are lost each time.",
            "rate-thought-to-scale-the-loss": "The loss is scaled by the learning rate, so it falls with the rate, but the accuracy does not.",
        },
        "sure-and-wrong": {
            "eval-thought-optional": "In training mode the probabilities of a model mean nothing, and 0.99 can then stand for any class.",
            "probability-thought-a-quota": "With 0.99 one of a hundred images is wrong on purpose, and this image may happen to be that one.",
            "argmax-thought-to-need-softmax": "The softmax was left out.",
        },
        "padding-sees-no-more": {
            "padded-windows-thought-left-out": "The padded zeros are skipped by the kernel.",
            "padding-of-the-output": "Padding is added behind the convolution.",
            "kernel-thought-to-shrink": "Padding makes the kernel smaller by just as many rows and columns as it makes the image larger.",
        },
        "channels-see-no-more": {
            "channels-averaged": "Further channels read the same window once more, and windows of one layer are averaged.",
            "channels-thought-for-training": "Further channels are used in training only.",
            "groups-thought-to-split-the-image": "Each channel sees its own part of the image, so that all see the whole of it together.",
        },
        "corners-read-less": {
            "pixels-thought-centred": "A corner pixel is set to 0 before the convolution, so other windows would find nothing there.",
            "stride-thought-to-skip-corners": "The stride of 1 passes over the corners.",
            "weights-per-position": "The kernel has a single weight that is meant for corners, and it is used in no other position.",
        },
        "decay-shrinks": {
            "weight-decay-for-rate-decay": "It makes each step shorter than the one before.",
            "weight-decay-for-dropout": "It sets weights to 0 at random.",
            "weights-thought-averaged": "It divides the weights by the number of images.",
        },
        "dropout-of-channels": {
            "channels-counted-as-pixels": "Images have more channels than pixels, so there are more ways to choose channels than single pixels.",
            "dropout-thought-to-train": "Pixels have no weights that could be dropped.",
            "dropout-thought-to-save-memory": "Channels that are dropped need not be stored.",
        },
        "augmentation-in-training": {
            "test-images-thought-unlabelled": "Test images have no labels, so they cannot be changed.",
            "augmentation-in-evaluation": "In evaluation mode a network crops and mirrors its images by itself, so a second change from outside would undo the first.",
            "evaluation-thought-to-train": "Changed images would change the weights while they are tested.",
        },
        "padded-zeros-counted": {
            "max-instead-of-mean": "The zeros make the maximum of the window smaller.",
            "padding-repeats-edge": "The padding repeats the border, so it counts like pixels.",
            "mean-over-side": "The sum is divided by the length of the window's side.",
        },
        "linear-last-axis": {
            "linear-drops-axes": "A dense layer flattens its input first, so each image becomes one row of values.",
            "single-axis-thought-dropped": "An axis of length 1 is not stored.",
            "batch-thought-part-of-the-weights": "The batch size is part of the layer's weights, so it comes out as it went in.",
        },
        "cost-is-not-size": {
            "training-time-for-cost": "One of them has to be trained for longer than the other, and each step of training costs multiply-adds.",
            "bias-forgotten": "Biases are not parameters.",
            "parameters-thought-multiplied": "A convolution multiplies parameters with each other.",
        },
        "guessing-ten-classes": {
            "chance-loss-as-probability": "Guessing makes the probabilities of all classes add up to 1/10.",
            "probability-thought-a-quota": "Every guess is either right or wrong, and one of ten is allowed to be right.",
            "classes-counted-as-images": "An untrained network needs ten images of each class.",
        },
        "shortcut-must-fit": {
            "shortcut-thought-to-have-weights": "Without that layer the shortcut would have far too many weights.",
            "branches-put-side-by-side": "The channels of both are joined, and 64 and 128 channels make 192.",
            "shortcut-misfit-unnoticed": "Training would fill the 64 missing channels too, but only slowly.",
        },
    }
)
"""By the id of the fact: false reasons, by the id of the misconception that takes each for the right one."""
