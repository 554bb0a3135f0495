"""Rows of the catalogue about pipelines of several operations, initial weights, and what layers cost beside each other: id, title, explanation, topic."""

PIPELINES: tuple[tuple[str, str, str, str], ...] = (
    # --- memory
    (
        "megabyte-of-1024-squared",
        "1024 times 1024 bytes taken for a megabyte",
        "The question says how many bytes a megabyte has: 1000 times 1000.",
        "cost",
    ),
    (
        "divided-by-a-thousand-once",
        "Bytes divided by a thousand once",
        "Bytes are divided by 1000 once for kilobytes and twice for megabytes.",
        "cost",
    ),
    # --- layers beside each other
    (
        "activation-has-parameters",
        "ReLU thought to have parameters",
        "ReLU is the same fixed function everywhere; there is nothing in it to be trained.",
        "parameters",
    ),
    (
        "pooling-has-parameters",
        "Pooling thought to have parameters",
        "A pooling window has a size but no weights: a maximum or a mean is a fixed rule.",
        "parameters",
    ),
    (
        "flatten-has-parameters",
        "Flattening thought to have parameters",
        "Flattening only writes the same numbers in a row.",
        "parameters",
    ),
    (
        "bias-off-thought-untrained",
        "A layer without bias thought to have no parameters",
        "With bias=False the biases are gone, but the weights are there and are trained.",
        "parameters",
    ),
    (
        "transposed-thought-untrained",
        "Transposed convolution thought to have no parameters",
        "A transposed convolution has a kernel of weights like any convolution; only where it writes is different.",
        "parameters",
    ),
    (
        "networks-exchanged",
        "Counts of the two networks exchanged",
        "The question asks for each network's own count, in the order in which it names them.",
        "parameters",
    ),
    (
        "ratio-turned-over",
        "Ratio turned over",
        "How many times as many one has is its count divided by the other's.",
        "parameters",
    ),
    (
        "difference-for-ratio",
        "Difference taken for the ratio",
        "How many times as many is a quotient, not a difference.",
        "parameters",
    ),
    # --- initial weights
    (
        "fan-without-the-kernel",
        "Kernel left out of the fan",
        "A convolution's output sums over every pixel of the kernel in every channel, so the kernel's area belongs to the fan.",
        "training",
    ),
    (
        "fan-kernel-side-once",
        "Kernel side not squared in the fan",
        "A kernel of side k covers k times k pixels.",
        "training",
    ),
    (
        "fans-exchanged",
        "Fan-in and fan-out exchanged",
        "Fan-in counts the numbers that one output is summed from; fan-out counts in the other direction.",
        "training",
    ),
    (
        "fan-counts-all-weights",
        "All weights counted",
        "The fan belongs to one output or one input, not to the whole layer.",
        "training",
    ),
    (
        "fan-of-the-image",
        "Image's pixels counted in the fan",
        "One output sees only the pixels under the kernel, whatever the size of the image.",
        "training",
    ),
    (
        "other-initialisation",
        "The other initialisation's formula",
        "He's initialisation looks at the fan-in alone, Xavier's at fan-in and fan-out together.",
        "training",
    ),
    (
        "spread-numerator-one",
        "Numerator taken as 1",
        "The numerator of the variance is 2, for He because ReLU sets half the values to 0, for Xavier because two fans are averaged.",
        "training",
    ),
    (
        "variance-for-the-bound",
        "Bound of a normal distribution",
        "A uniform distribution from -a to a has the variance a squared over 3, so its bound is larger than its standard deviation.",
        "training",
    ),
    (
        "root-forgotten",
        "Square root left out",
        "The formula of the variance gives a square; the bound is its root.",
        "training",
    ),
    # --- exponentials in floating point
    (
        "overflow-assumed",
        "Overflow expected where there is none",
        "An exponential becomes infinite only above the limit of its number type; here none does.",
        "activations",
    ),
    (
        "overflow-unnoticed",
        "Overflow not noticed",
        "A floating-point number has a largest value: an exponential beyond it is stored as infinity, and the quotient is lost.",
        "activations",
    ),
    (
        "underflow-unnoticed",
        "Underflow not noticed",
        "An exponential too small for its number type is stored as 0, and so is the sum that everything is divided by.",
        "activations",
    ),
    (
        "overflow-spoils-all",
        "Overflow thought to spoil every entry",
        "Infinity over infinity is not a number, but a finite number over infinity is 0.",
        "activations",
    ),
    (
        "infinities-cancel",
        "Infinity over infinity taken as 1",
        "Infinity over infinity has no value: floating point gives nan, not 1.",
        "activations",
    ),
    (
        "nothing-over-nothing-is-nothing",
        "0 over 0 taken as 0",
        "0 over 0 has no value: floating point gives nan, not 0.",
        "activations",
    ),
    (
        "overflow-thought-to-raise",
        "Error expected from floating point",
        "Tensors of floating-point numbers raise no error: what cannot be represented becomes inf or nan, and the program runs on.",
        "activations",
    ),
    (
        "smallest-logit-subtracted",
        "Smallest logit subtracted",
        "With the smallest logit subtracted every exponent is at least 0, and the largest may still overflow.",
        "activations",
    ),
    (
        "magnitude-subtracted",
        "Largest magnitude subtracted",
        "The logits are shifted by the largest of them with its sign, not by the largest magnitude.",
        "activations",
    ),
)
