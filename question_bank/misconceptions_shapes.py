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
        "field-strides-ignored",
        "Strides left out of the receptive field",
        "Behind a stride, neighbouring values are that many pixels apart, so later kernels reach further.",
    ),
    (
        "field-kernels-added",
        "Kernel sizes added",
        "A layer adds its kernel size minus one, since its first entry is covered already.",
    ),
    (
        "field-own-stride",
        "A layer's own stride counted",
        "What a kernel reaches depends on the strides before it; its own stride matters to later layers only.",
    ),
    (
        "field-previous-stride-only",
        "Only the last stride before a layer counted",
        "The strides of all earlier layers multiply.",
    ),
    (
        "field-last-layer-only",
        "Only the last kernel looked at",
        "The values that the last kernel reads depend on several pixels each.",
    ),
    (
        "field-kernels-multiplied",
        "Kernel sizes multiplied",
        "Neighbouring kernels overlap: the field grows by sums, not by products.",
    ),
    (
        "field-pooling-ignored",
        "Pooling left out of the receptive field",
        "A pooling window reads several values and moves by its stride, like a kernel.",
    ),
    (
        "transposed-like-a-convolution",
        "Taken for an ordinary convolution",
        "A transposed convolution turns sizes around: it gives the size from which a convolution would give its input's.",
    ),
    (
        "transposed-times-stride",
        "Size merely multiplied by the stride",
        "Beside the stride, kernel and padding decide the size, too.",
    ),
    (
        "transposed-gaps-miscounted",
        "One stride too many",
        "Between n pasted kernels there are n - 1 strides; the last kernel adds its own length.",
    ),
    (
        "transposed-padding-added",
        "Padding added to the output",
        "The padding of a transposed convolution is cut off its output, on both sides.",
    ),
    (
        "transposed-padding-ignored",
        "Padding not cut off",
        "The padding of a transposed convolution is cut off its output, on both sides.",
    ),
    (
        "output-padding-ignored",
        "Output padding left out",
        "The output padding is added to the size of the output.",
    ),
    (
        "output-padding-twice",
        "Output padding on both sides",
        "The output padding is added at one end only.",
    ),
    (
        "windows-thought-to-touch",
        "Windows thought not to overlap",
        "The stride decides how far the window moves, not its size; windows may overlap.",
    ),
    (
        "positions-added",
        "Positions of both axes added",
        "Every position along the height goes with every one along the width.",
    ),
    (
        "positions-along-one-axis",
        "Positions along one axis only",
        "The window moves along the height and along the width.",
    ),
    (
        "position-at-each-pixel",
        "A position at every pixel",
        "The window stays inside the image, so it cannot start at the last pixels.",
    ),
    (
        "covered-by-every-entry",
        "Every pixel thought to meet every weight",
        "Near a border, or with a stride, some weights never stand over the pixel.",
    ),
    (
        "covered-by-one-window",
        "Each pixel thought to be read once",
        "Windows overlap where the stride is smaller than the kernel.",
    ),
    (
        "covered-along-one-axis",
        "Windows along one axis only",
        "Windows over the pixel lie along the height and along the width.",
    ),
    (
        "covered-counts-added",
        "Counts of both axes added",
        "Every window along the height goes with every one along the width.",
    ),
    (
        "covered-borders-ignored",
        "Borders left out",
        "A window that would reach beyond the padded image is not there.",
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
        "one-kernel-size-only",
        "Only the kernel without remainder found",
        "A division that is rounded down has the same result for as many kernel sizes as the stride.",
    ),
    (
        "smallest-kernel-left-out",
        "Smallest kernel left out",
        "A kernel is small enough only when the window could move once more; one pixel more still fits.",
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
        "area-that-is-left",
        "The area that is left given",
        "The question asks for what is lost.",
    ),
    (
        "area-of-one-layer",
        "Only one layer counted",
        "Each layer takes another k - 1 rows and columns away.",
    ),
    (
        "area-one-side-only",
        "Only one side of the image looked at",
        "The area shrinks along the height and along the width.",
    ),
    (
        "area-shares-added",
        "Shares of both sides added",
        "The corners would be counted twice: what is left of the sides is multiplied.",
    ),
    (
        "area-whole-kernel-lost",
        "The whole kernel thought to be lost",
        "A kernel of k pixels takes k - 1 of them away.",
    ),
    (
        "area-one-border-only",
        "Only one border thought to be lost",
        "A kernel takes pixels away on both sides.",
    ),
    (
        "area-as-a-fraction",
        "A share given instead of percent",
        "A share becomes a percentage by multiplication with 100.",
    ),
    (
        "im2col-transposed",
        "Rows and columns exchanged",
        "The question says which way round the matrices are.",
    ),
    (
        "im2col-one-channel",
        "Only one channel laid out",
        "A window has its k times k values in every channel, and a filter as many weights.",
    ),
    (
        "im2col-channels-as-columns",
        "A column for each channel of a window",
        "The values of all channels of a window stand in one column, because one sum runs over them.",
    ),
    (
        "im2col-column-for-each-pixel",
        "A column for each pixel",
        "There is a column for each position of the window, not for each pixel of the image.",
    ),
    (
        "im2col-rows-for-all-filters",
        "Filters counted in the windows",
        "All filters read the same matrix of windows.",
    ),
)
