"""Rows of the catalogue about answers that are expressions: id, title, explanation, topic."""

EXPRESSIONS: tuple[tuple[str, str, str, str], ...] = (
    (
        "window-pixels-in-a-row",
        "The pixels of a window are taken one after another",
        "A window is as high as it is wide: at the end of each of its rows, it goes on in the next row of the image.",
        "convolution",
    ),
    (
        "weight-and-bias-gradient-exchanged",
        "Gradients of the weight and of the bias exchanged",
        "The weight is multiplied by the feature, and the bias by nothing: by the chain rule so are their gradients.",
        "gradients",
    ),
    (
        "jacobian-diagonal-only",
        "Each probability thought to depend on its own logit alone",
        "All probabilities share one denominator, so each of them depends on every logit.",
        "gradients",
    ),
    (
        "jacobian-without-diagonal-term",
        "The numerator taken as constant",
        "On the diagonal the numerator of the softmax depends on the logit, too, which adds a term.",
        "gradients",
    ),
    (
        "jacobian-signs-alike",
        "A larger logit thought to raise every probability",
        "The probabilities add up to 1, so what raises one of them lowers the others.",
        "gradients",
    ),
    (
        "jacobian-without-probability",
        "The factor of the probability itself left out",
        "The derivative of a quotient of exponentials still has the probability itself as a factor.",
        "gradients",
    ),
    (
        "label-subtracted-everywhere",
        "The label taken for 1 in every class",
        "As numbers, the label is 1 for the image's own class and 0 for all others.",
        "gradients",
    ),
    (
        "slope-is-the-gradient",
        "Slope of the softmax taken for the gradient of the loss",
        "By the chain rule the slope is multiplied by the derivative of the loss with respect to the probability.",
        "gradients",
    ),
)
