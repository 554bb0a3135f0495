"""Rows of the catalogue about the arithmetic of floating-point numbers: id, title, explanation, topic."""

FLOATS = (
    (
        "float-sum-exact",
        "Sum thought to be exact",
        "A float32 has 24 binary digits: a sum that needs more is rounded to the nearest number that has no more.",
        "training",
    ),
    (
        "float-order-ignored",
        "Order of the additions thought not to matter",
        "Every sum on the way is rounded by itself, so that the same numbers in another order can give another sum.",
        "training",
    ),
    (
        "float-cut-off",
        "Digits cut off instead of rounded",
        "A sum between two float32 numbers becomes the nearer one, which may be the larger.",
        "training",
    ),
    (
        "float-rounded-up",
        "Always rounded up",
        "A sum between two float32 numbers becomes the nearer one, which may be the smaller.",
        "training",
    ),
)
