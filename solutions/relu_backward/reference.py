# LEGRADE-CANARY solutions/relu_backward/reference.py
import numpy as np


def relu_backward(dout, x):
    """Send the gradient of a loss back through ReLU, from its output to its input.

    The slope of ReLU is 1 where x is positive and 0 where it is negative. Where x is exactly 0 any slope from 0 to 1 is
    accepted. The arguments stay as they are.

    Args:
        dout: gradient of the loss with respect to relu(x), with the shape of x; finite floats.
        x: what relu was given, array of any shape, such as (N, C, H, W) or (N, F); finite floats.

    Returns:
        Gradient of the loss with respect to x: array of floats with the shape of x.
    """
    # Goodfellow, Bengio and Courville, Deep Learning, section 6.3: at 0 software takes one of the one-sided slopes.
    dx = np.zeros(x.shape)
    for position in np.ndindex(x.shape):
        if x[position] > 0:
            dx[position] = dout[position]
    return dx
