"""Rows of the catalogue about windows, what they cover and what they leave: id, title, explanation; of the topic "shapes"."""

WINDOWS = (
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
