"""Rows of the catalogue about sizes and shapes: id, title, explanation; all of the topic "shapes"."""

SHAPES = (
    (
        "channels-multiplied",
        "Input channels multiplied by the filters",
        "A filter reads all input channels and adds what it finds, so each filter gives one output channel.",
    ),
    (
        "pooling-shrinks-channels",
        "Pooling thought to shrink the channels",
        "A pooling window moves over height and width of each channel by itself; the number of channels stays.",
    ),
    (
        "ceil-mode-ignored",
        "ceil_mode=True not noticed",
        "With ceil_mode=True a last window may reach beyond the border, so the division is rounded up.",
    ),
    (
        "ceil-mode-window-outside",
        "A window counted that lies beyond the image",
        "With ceil_mode=True a window must still start inside the image or its padding on the left.",
    ),
    (
        "channel-axes-swapped",
        "Input and output channels exchanged in the weight",
        "The first axis of a convolution's weight counts its filters, the second the channels that each filter reads.",
    ),
    (
        "weight-channels-last",
        "Axes of the weight written in another order",
        "PyTorch stores a convolution's weight as (filters, channels of a filter, height, width).",
    ),
    (
        "weight-without-channels",
        "Filters thought to have no channel axis",
        "A filter has one slice for every channel that it reads, and the weight has an axis for them.",
    ),
    (
        "weight-like-the-image",
        "The image's size taken for the kernel's",
        "The weight depends on the kernel, not on the size of the image.",
    ),
)
