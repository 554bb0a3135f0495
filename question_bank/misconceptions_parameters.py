"""Rows of the catalogue about parameters: id, title, explanation; all of the topic "parameters"."""

PARAMETERS = (
    (
        "groups-not-counted",
        "Groups left out of the count",
        "With groups, each filter reads only its own group's share of the input channels.",
    ),
    (
        "one-group-only",
        "Only one group counted",
        "The weights of every group count, not those of one group alone.",
    ),
    (
        "groups-multiply",
        "Weights multiplied by the groups",
        "Groups take connections away: a layer with groups has fewer weights, not more.",
    ),
    (
        "bias-per-group",
        "One bias for each group",
        "Each output channel has a bias of its own, whatever the groups.",
    ),
    (
        "depthwise-reads-all-channels",
        "Depthwise filters thought to read all channels",
        "With as many groups as channels each filter reads one channel alone.",
    ),
    (
        "depthwise-one-filter",
        "One filter thought to serve all channels",
        "A depthwise convolution has a filter of its own for each channel.",
    ),
    (
        "pointwise-not-connected",
        "Pointwise filters thought to read one channel",
        "Each filter of a 1x1 convolution has one weight for every input channel.",
    ),
    (
        "pointwise-keeps-kernel",
        "A larger kernel used for the 1x1 convolution, too",
        "A 1x1 convolution has one weight for each pair of an input and an output channel.",
    ),
    (
        "dense-bias-forgotten",
        "Biases of the dense layers left out",
        "Each output of a dense layer has a bias beside its weights.",
    ),
    (
        "image-channels-forgotten",
        "Only one channel of the image flattened",
        "Flattening an image lists the pixels of all its channels.",
    ),
    (
        "bias-per-input",
        "One bias for each input",
        "A dense layer has one bias for each of its outputs, not one for each input.",
    ),
    (
        "image-side-once",
        "Side of the image not squared",
        "An image has as many pixels as its height times its width.",
    ),
    (
        "dense-one-bias",
        "One bias for a whole dense layer",
        "Each output of a dense layer has a bias of its own.",
    ),
    (
        "last-layer-forgotten",
        "Last layer left out",
        "The layer that gives the classes has weights and biases, too.",
    ),
    (
        "neurons-counted",
        "Outputs counted instead of weights",
        "Every output of a dense layer is connected to every input, by a weight each.",
    ),
    (
        "layer-sizes-multiplied",
        "All sizes multiplied with each other",
        "Weights lie between neighbouring layers: the products are added layer by layer.",
    ),
    (
        "batch-norm-forgotten",
        "Batch normalisation thought to have no parameters",
        "A batch normalisation layer trains one scale and one shift for each channel.",
    ),
    (
        "batch-norm-statistics-counted",
        "Running mean and variance counted as trained",
        "The running mean and variance are buffers that are updated in passing, not parameters that are trained.",
    ),
    (
        "batch-norm-scale-only",
        "Only one number for each channel",
        "A batch normalisation layer has a scale and a shift for each channel.",
    ),
    (
        "batch-norm-per-pixel",
        "Batch normalisation thought to have parameters for each pixel",
        "In nn.BatchNorm2d all pixels of a channel share one scale and one shift.",
    ),
    (
        "batch-norm-of-input-channels",
        "Batch normalisation counted for the input channels",
        "The layer normalises what the convolution gives, so it has the convolution's output channels.",
    ),
    (
        "dropout-has-parameters",
        "Dropout thought to have parameters",
        "Dropout sets random values to zero; it has nothing to be trained.",
    ),
    (
        "dense-only-within-a-pixel",
        "Dense layer applied to each pixel by itself",
        "A dense layer on a flattened image connects every pixel with every output.",
    ),
    (
        "dense-output-channels-only",
        "Outputs of the dense layer taken for channels",
        "The dense layer gives a number for each channel at each pixel.",
    ),
    (
        "branch-reduction-forgotten",
        "1x1 convolution inside a branch left out",
        "The 1x1 convolution has parameters, and the layer behind it reads the channels that it gives.",
    ),
    (
        "branches-in-a-row",
        "Branches thought to follow one another",
        "All branches read the same input side by side.",
    ),
    (
        "image-channels-read-by-all",
        "Every convolution thought to read the image",
        "A convolution reads what the layer before it gives, with as many channels as that has filters.",
    ),
    (
        "table-last-layer-forgotten",
        "Last layer left out of the total",
        "The layer that gives the classes has weights and biases, too.",
    ),
    (
        "table-convolutions-forgotten",
        "Only the dense layers added up",
        "The convolutions have parameters, too.",
    ),
    (
        "table-biases-forgotten",
        "Biases left out of the total",
        "Unless bias=False is given, convolutions and dense layers have biases.",
    ),
    (
        "block-of-one-convolution",
        "Loop left out of the count",
        "The block holds as many convolutions as the loop runs.",
    ),
    (
        "block-reads-what-it-gives",
        "First convolution thought to read the block's output channels",
        "The first convolution of a block reads the channels that the block before it gives.",
    ),
    (
        "block-reads-its-input-always",
        "All convolutions thought to read the block's input channels",
        "From the second convolution on, a block's convolutions read its output channels.",
    ),
    (
        "shortcut-thought-free",
        "Shortcut thought to have no parameters",
        "A shortcut that changes channels or size is a 1x1 convolution, with weights and biases.",
    ),
    (
        "shortcut-not-counted",
        "Shortcut left out of the total",
        "The 1x1 convolution of the shortcut belongs to the block.",
    ),
    (
        "path-reads-the-input-twice",
        "Both convolutions thought to read the block's input",
        "The second convolution reads what the first one gives.",
    ),
)
