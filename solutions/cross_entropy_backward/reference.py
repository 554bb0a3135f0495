# LEGRADE-CANARY solutions/cross_entropy_backward/reference.py
import numpy as np


def cross_entropy_backward(z, y):
    """Compute the gradient of the cross-entropy loss of a batch with respect to its logits.

    The loss is the mean over the images of minus the natural logarithm of the probability that the softmax of an
    image's logits gives to its own class. The gradient is right for large logits, too, such as 1000 or -1000, whose
    exponentials no float can hold. The arguments stay as they are.

    Args:
        z: logits, shape (N, K), a row for each image and a column for each of K >= 2 classes; finite floats.
        y: the images' own classes, shape (N,); integers from 0 to K - 1.

    Returns:
        Array of floats, shape (N, K): the derivative of the loss with respect to each logit.
    """
    # Goodfellow, Bengio and Courville, Deep Learning, section 6.2.2.3: the derivative with respect to a logit is the
    # probability of its class minus the target, which is 1 for the image's own class and 0 for the others.
    images, classes = z.shape
    dz = np.zeros((images, classes))
    for n in range(images):
        powers = np.exp(z[n] - z[n].max())
        dz[n] = powers / powers.sum()
        dz[n, y[n]] -= 1.0
    return dz / images
