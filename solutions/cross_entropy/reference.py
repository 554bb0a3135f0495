# LEGRADE-CANARY solutions/cross_entropy/reference.py
import numpy as np


def cross_entropy(z, y):
    """Compute the cross-entropy loss of a batch.

    The loss of an image is minus the natural logarithm of the probability that the softmax of its logits gives to its
    own class; the loss of the batch is the mean over its images. It is finite and right for large logits, too, such as
    1000 or -1000, whose exponentials no float can hold. The arguments stay as they are.

    Args:
        z: logits, shape (N, K), a row for each image and a column for each of K >= 2 classes; finite floats.
        y: the images' own classes, shape (N,); integers from 0 to K - 1.

    Returns:
        A number, the loss of the batch.
    """
    # Goodfellow, Bengio and Courville, Deep Learning, sections 3.13 and 4.1: with the largest logit subtracted the
    # logarithm of the sum is that of a number between 1 and K.
    images = len(z)
    loss = 0.0
    for n in range(images):
        shifted = z[n].astype(float) - z[n].max()
        loss += np.log(np.exp(shifted).sum()) - shifted[y[n]]
    return loss / images
