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
)
