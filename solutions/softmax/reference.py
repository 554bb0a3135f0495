# LEGRADE-CANARY solutions/softmax/reference.py
import numpy as np


def softmax(z):
    """Turn the logits of every image into the probabilities of its classes.

    The probability of class k of image n is e to the power of z[n, k], divided by the sum of these powers over all
    classes of image n. The result is right for large logits, too, such as 1000 or -1000, whose exponentials no float
    can hold. The argument stays as it is.

    Args:
        z: logits, shape (N, K), a row for each image and a column for each of K >= 2 classes; finite floats.

    Returns:
        Array of floats, shape (N, K); each row adds up to 1.
    """
    # Goodfellow, Bengio and Courville, Deep Learning, section 4.1: subtracting the largest logit of a row changes
    # no probability, and no exponential can overflow.
    images, classes = z.shape
    out = np.zeros((images, classes))
    for n in range(images):
        powers = np.exp(z[n] - z[n].max())
        out[n] = powers / powers.sum()
    return out
