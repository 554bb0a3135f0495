# LEGRADE-CANARY solutions/relu/reference.py
import numpy as np


def relu(x):
    """Set the negative entries of an array to 0 and keep the others as they are.

    The argument stays as it is.

    Args:
        x: array of any shape, such as (N, C, H, W) or (N, F); finite floats.

    Returns:
        Array of floats with the shape of x.
    """
    # Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010.
    out = np.zeros(x.shape)
    for position in np.ndindex(x.shape):
        if x[position] > 0:
            out[position] = x[position]
    return out
