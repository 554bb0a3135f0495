"""Rows of the catalogue about layers and gradients worked out by hand: id, title, explanation, topic."""

BY_HAND = (
    # --- pooling
    (
        "max-instead-of-mean",
        "Maximum taken instead of the mean",
        "Average pooling takes the mean of a window; max pooling keeps its largest value.",
        "pooling",
    ),
    (
        "sum-instead-of-mean",
        "Sum not divided",
        "A mean is the sum divided by how many values there are.",
        "pooling",
    ),
    (
        "mean-over-side",
        "Sum divided by the window's side",
        "A window of side k holds k times k values, and the mean divides by all of them.",
        "pooling",
    ),
    (
        "mean-rounded-down",
        "Mean rounded down",
        "A mean of whole numbers may have a fraction, which is kept.",
        "pooling",
    ),
    (
        "padding-not-counted",
        "Padded zeros left out of the count",
        "By default an average pooling layer counts the padded zeros as values of the window (count_include_pad=True).",
        "pooling",
    ),
    # --- convolution
    (
        "bias-per-input-channel-added",
        "Bias added once for every input channel",
        "A filter has one bias, which is added once to the sum over all input channels.",
        "convolution",
    ),
    (
        "one-slice-for-all-channels",
        "First slice of the filter used for every channel",
        "A filter has a slice of weights of its own for every input channel.",
        "convolution",
    ),
    (
        "filter-axes-exchanged",
        "Filters and input channels exchanged",
        "The first axis of the weights counts the filters (output channels), the second the input channels.",
        "convolution",
    ),
    (
        "channels-kept-apart",
        "Each channel convolved by itself",
        "Unless groups are given, every filter reads all input channels, not only the one of its own number.",
        "convolution",
    ),
    (
        "kernel-not-flipped",
        "Kernel not turned",
        "True convolution turns the kernel by 180 degrees before it is laid on the image; cross-correlation does not.",
        "convolution",
    ),
    (
        "kernel-flipped-on-one-axis",
        "Kernel mirrored on one axis only",
        "True convolution mirrors the kernel up-down and left-right, which together turn it by 180 degrees.",
        "convolution",
    ),
)
