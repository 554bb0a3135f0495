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
    (
        "pooling-forgotten",
        "Pooling left out",
        "Each pooling layer shortens height and width, too.",
    ),
    (
        "one-pooling-forgotten",
        "Last pooling left out",
        "The layers are followed to the end: the last pooling shortens height and width once more.",
    ),
    (
        "flattened-before-the-layers",
        "The input counted instead of what the layers give",
        "The dense layer gets what the last layer before it gives, not the image.",
    ),
    (
        "flatten-forgets-channels",
        "Channels not flattened",
        "Flattening lists the values of all channels, so their number is a factor.",
    ),
    (
        "flatten-counts-input-channels",
        "The image's channels counted",
        "After a convolution there are as many channels as it has filters.",
    ),
    (
        "flatten-counts-the-batch",
        "Batch flattened, too",
        "nn.Flatten keeps the first axis: each image of the batch is flattened by itself.",
    ),
    (
        "flatten-one-side-only",
        "Only one side counted",
        "A channel has as many values as its height times its width.",
    ),
    (
        "flatten-adds-channels",
        "Channels of several layers added",
        "Only the channels of the last layer are left; those of earlier ones are its input.",
    ),
    (
        "flatten-channels-alone",
        "Only channels counted",
        "Height and width are not gone: flattening lists every value of each channel.",
    ),
    (
        "padding-total-on-each-side",
        "All of the padding put on each side",
        "What the kernel takes away is added half on one side and half on the other.",
    ),
    (
        "padding-as-long-as-the-kernel",
        "As much padding as the kernel is long",
        "A kernel of k pixels takes k - 1 of them away, on both sides together.",
    ),
    (
        "padding-one-too-many",
        "One padded pixel too many",
        "The kernel's own centre stays on the image, so it takes one pixel less away than it is long.",
    ),
    (
        "padding-always-one",
        "Padding of 1 for every kernel",
        "A padding of 1 keeps the size for kernels of 3 pixels without dilation only.",
    ),
    (
        "padding-none-for-the-same-size",
        "No padding thought to keep the size",
        "Without padding every kernel longer than 1 takes pixels away.",
    ),
    (
        "valid-taken-for-same",
        "Padding expected where there is none",
        'Padding "valid" means none: only windows inside the image count.',
    ),
    (
        "same-taken-for-valid",
        "No padding thought to be added",
        'Padding "same" adds zeros, so that a window stands at every s-th pixel.',
    ),
    (
        "same-thought-to-keep-any-size",
        'Padding "same" thought to keep the size with any stride',
        'With a stride, padding "same" gives the size divided by the stride, rounded up.',
    ),
    (
        "same-rounded-down",
        "Rounded down instead of up",
        'With padding "same" a window stands at every s-th pixel from the first on, so the division is rounded up.',
    ),
    (
        "channels-first-in-keras",
        "Axes written in PyTorch's order",
        "Keras writes an image as (height, width, channels).",
    ),
    (
        "padding-as-in-pytorch",
        "Padding of half a kernel on each side, as in PyTorch",
        "Keras adds as few zeros as the output needs, which depends on size and stride, too.",
    ),
    (
        "same-padding-stride-ignored",
        "Stride left out of the padding",
        "With a stride the last window starts earlier, so fewer zeros are needed.",
    ),
    (
        "odd-row-above",
        "The odd row put above the image",
        "Where the zeros are odd in number, Keras puts one more below and on the right.",
    ),
    (
        "axes-out-of-order",
        "Right lengths, axes in another order",
        "The lengths are right, but not in the order of axes that the question names.",
    ),
)
