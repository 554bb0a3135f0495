"""Rows of the catalogue about resampling, finding a stride or a padding, and the layer tables of well-known networks: id, title, explanation, topic."""

RESAMPLING: tuple[tuple[str, str, str, str], ...] = (
    (
        "one-stride-only",
        "Only the largest stride found",
        "A division that is rounded down can have the same result for several strides.",
        "shapes",
    ),
    (
        "smallest-stride-left-out",
        "Smallest stride left out",
        "A stride is too small only when the kernel could move once more with it.",
        "shapes",
    ),
    (
        "one-padding-only",
        "Only the smallest padding found",
        "A division that is rounded down can have the same result for several paddings.",
        "shapes",
    ),
    (
        "half-a-kernel-padded",
        "Padding of half a kernel taken for granted",
        "Half a kernel on each side keeps the size with a stride of 1; here both sizes are given, and the stride is another.",
        "shapes",
    ),
    (
        "kernel-left-out",
        "Kernel left out",
        "The first window already takes as many pixels as the kernel is long.",
        "shapes",
    ),
    (
        "size-times-stride",
        "Size merely multiplied by the stride",
        "Kernel and padding decide the size of the input, too.",
        "shapes",
    ),
    (
        "input-size-thought-open",
        "Input size thought to be open",
        "A stride of 1, or what is said beside, can leave a single size.",
        "shapes",
    ),
    (
        "smallest-input-only",
        "Smallest input taken for the only one",
        "With a stride above 1, a remainder that no window reaches may be left, so that several inputs give the same output.",
        "shapes",
    ),
    (
        "largest-input-only",
        "Largest input taken for the only one",
        "Pixels that no window reaches may be there or not, so that several inputs give the same output.",
        "shapes",
    ),
    (
        "slice-rounded-down",
        "Slice rounded down",
        "A slice takes its first row in any case and then every further step, so the division is rounded up.",
        "shapes",
    ),
    (
        "slice-start-ignored",
        "Start of the slice left out",
        "What stands before the first colon is the row that is taken first.",
        "shapes",
    ),
    (
        "slice-drops-every-s-th",
        "Rows that are kept and left out exchanged",
        "The number behind the colons is the step from one row that is kept to the next.",
        "shapes",
    ),
    (
        "slice-thins-channels",
        "Slice thought to thin out the channels",
        "A colon alone keeps the whole axis; the first axis is that of the channels.",
        "shapes",
    ),
)
