"""Rows of the catalogue that programs show: pooling, sizes, windows as columns, counts; id, title, explanation, topic."""

PROGRAMS: tuple[tuple[str, str, str, str], ...] = (
    # --- average pooling
    (
        "padding-always-counted",
        "Padded zeros always counted",
        "With count_include_pad=False the sum of a window is divided by its pixels on the image only.",
        "pooling",
    ),
    (
        "count-include-pad-turned",
        "count_include_pad taken the other way round",
        "With count_include_pad=True the padded zeros count; with False they do not.",
        "pooling",
    ),
    (
        "zeros-taken-for-padding",
        "Black pixels taken for padding",
        "A pixel of the image counts even where its value is 0; where it lies decides, not its value.",
        "pooling",
    ),
    (
        "mean-across-channels",
        "Mean taken across channels",
        "Pooling treats each channel by itself; the number of channels stays the same.",
        "pooling",
    ),
    (
        "whole-image-mean",
        "Mean of the whole image",
        "Each output is the mean of its own window, not of the whole image.",
        "pooling",
    ),
    # --- sizes
    (
        "plus-one-before-the-division",
        "One added before the division",
        "The position where the window starts is added to the number of moves, so after the division.",
        "shapes",
    ),
    (
        "rounded-to-the-nearest",
        "Rounded to the nearest whole number",
        "A window that does not fit whole is left out, so the division is rounded down, whatever is behind the point.",
        "shapes",
    ),
    (
        "misfit-not-raised",
        "Windows that do not fit not noticed",
        "Where no window fits there is no output; the call has to raise a ValueError.",
        "shapes",
    ),
    (
        "misfit-as-no-window",
        "An empty output returned where no window fits",
        "PyTorch gives no output of length 0 here; the call has to raise a ValueError.",
        "shapes",
    ),
    (
        "misfit-on-both-axes-only",
        "Windows noticed only where they are too large on both axes",
        "A window that is too large along one axis does not fit, whatever the other axis is.",
        "shapes",
    ),
    (
        "misfit-on-rows-only",
        "Only the height compared with the window",
        "The window has to fit along the height and along the width.",
        "shapes",
    ),
    (
        "misfit-where-it-just-fits",
        "A window that just fits refused",
        "A window as large as the padded image fits at one position.",
        "shapes",
    ),
    (
        "misfit-without-padding",
        "Window compared with the image without its padding",
        "The window may reach onto the padding; it has to fit into the padded image.",
        "shapes",
    ),
    (
        "misfit-without-dilation",
        "Window compared with the image as if it were not dilated",
        "What has to fit is the span of the dilated window, gaps included.",
        "shapes",
    ),
    (
        "misfit-rounded-away",
        "A negative quotient rounded towards zero",
        "int() rounds a negative quotient up to 0, so that a window that does not fit seems to have one position.",
        "shapes",
    ),
    # --- windows as columns
    (
        "windows-as-rows",
        "Windows laid out as rows",
        "Each window is a column of the result: axis 1 counts the values of a window, axis 2 the windows.",
        "convolution",
    ),
    (
        "window-channels-last",
        "Channels written pixel by pixel",
        "A column holds the whole first channel of its window, then the second one, and so on.",
        "convolution",
    ),
    (
        "window-read-by-columns",
        "Values of a window read column by column",
        "A window is read row by row: the column changes fastest.",
        "convolution",
    ),
    (
        "windows-listed-by-columns",
        "Windows listed column by column",
        "The windows follow each other along the width first, as their outputs do in the image.",
        "convolution",
    ),
    (
        "window-turned",
        "Windows turned by 180 degrees",
        "A window is laid out as it lies on the image, its first row first.",
        "convolution",
    ),
    (
        "channels-added-up",
        "Values of the channels added",
        "Laying windows out adds nothing: each channel has rows of its own.",
        "convolution",
    ),
    (
        "images-side-by-side",
        "Images of a batch joined",
        "Axis 0 of the result counts the images, each with a matrix of its own.",
        "convolution",
    ),
    (
        "reshape-for-transpose",
        "Reshaped without moving the axes",
        "reshape keeps the order in which values are stored; for another order the axes must be moved first, by transpose.",
        "convolution",
    ),
    # --- 1x1 convolutions
    (
        "result-reshaped-for-transpose",
        "Result reshaped without moving its axes",
        "The product has a row for each pixel and a column for each filter; its axes have to be moved, not merely renamed.",
        "convolution",
    ),
    (
        "images-mixed-with-channels",
        "Images of a batch mixed with channels",
        "The values are stored image after image; channels only come to the front when the axes are moved.",
        "convolution",
    ),
    (
        "result-left-flat",
        "Height and width not restored",
        "The result has the axes (N, F, H, W); the pixels must not stay in one row.",
        "convolution",
    ),
    (
        "whole-image-flattened",
        "Whole image taken for one vector",
        "Each pixel is a vector of its own, with as many numbers as there are channels.",
        "convolution",
    ),
    (
        "bias-needed",
        "A missing bias not allowed for",
        "None stands for no bias; it cannot be added.",
        "convolution",
    ),
    # --- counts
    (
        "bias-off-by-default",
        "Bias thought to be off by default",
        "Where nothing is said, a convolution and a dense layer have biases; only bias=False turns them off.",
        "parameters",
    ),
    (
        "kernel-sides-added",
        "Sides of the kernel added",
        "A kernel has as many entries as its height times its width.",
        "parameters",
    ),
    (
        "dense-layers-left-out",
        "Only the convolutions added up",
        "The dense layers have parameters, too.",
        "parameters",
    ),
    (
        "layers-alike-counted-once",
        "Layers that are alike counted once",
        "Layers with the same sizes have weights of their own; each of them counts.",
        "parameters",
    ),
    (
        "total-overwritten",
        "Total overwritten by each layer",
        "Each layer's count is added to the total with +=; = forgets the layers before it.",
        "parameters",
    ),
    (
        "return-inside-the-loop",
        "Return inside the loop",
        "A return ends the function: inside the loop it leaves out all layers but the first.",
        "parameters",
    ),
)
