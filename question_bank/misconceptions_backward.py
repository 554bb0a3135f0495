"""Rows of the catalogue about backward passes that are programmed: id, title, explanation, topic."""

BACKWARD = (
    (
        "gradient-doubled-on-ties",
        "Whole gradient given to each of several largest pixels",
        "Where pixels of a window are equally large, what they get must add up to the window's gradient.",
        "gradients",
    ),
    (
        "padding-not-cut-off",
        "Gradient of the padding returned, too",
        "The gradient of the image has the image's shape; the padded border is not part of it.",
        "gradients",
    ),
    (
        "crop-empty-without-padding",
        "Everything cut off where there is no padding",
        "A slice from p to -p is empty for p = 0; cut from p to p plus the image's size.",
        "gradients",
    ),
    (
        "argmax-decoded-by-height",
        "Place of the maximum divided by the window's height",
        "A flat index counts row by row, so it is divided by the length of a row, the window's width.",
        "gradients",
    ),
    (
        "argmax-decoded-for-two",
        "Place of the maximum read as in a window of two rows and columns",
        "Which row and column a flat index stands for depends on the width of the window.",
        "gradients",
    ),
    (
        "position-in-the-window",
        "Place in the window taken for the place in the image",
        "Where the maximum is in its window is counted from the pixel at which the window starts.",
        "gradients",
    ),
    (
        "remainder-cut-off",
        "Gradient left out where no window lies",
        "Pixels that no window reaches have a gradient, too: it is 0, and the result keeps the image's shape.",
        "gradients",
    ),
    (
        "weight-gradient-overwritten",
        "Gradient of the weights overwritten",
        "A weight is used at every position of every image, and its gradient is the sum of what all of them give.",
        "gradients",
    ),
    (
        "bias-gradient-per-image",
        "Gradient of the bias kept for each image",
        "All images of a batch use the same bias, so there is one gradient for each output channel.",
        "gradients",
    ),
    (
        "gradients-in-another-order",
        "Gradients returned in another order",
        "The caller takes the gradients in the order of the contract: images, weights, biases.",
        "gradients",
    ),
)
