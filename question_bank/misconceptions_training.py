"""Rows of the catalogue about building and training a network: id, title, explanation; programs in `solutions/lenet/mistakes/`."""

TRAINING = (
    (
        "conv-padding-forgotten",
        "First convolution without padding",
        "LeNet's first convolution pads a 28x28 image by 2 on each side, so that it keeps its size.",
    ),
    (
        "activation-forgotten",
        "No activation between linear layers",
        "Two linear layers without a nonlinear function between them are one linear layer.",
    ),
    (
        "average-pooling-for-max",
        "Another pooling than the one asked for",
        "Max pooling keeps the largest value of a window; average pooling takes the mean.",
    ),
    (
        "probabilities-for-logits",
        "Probabilities returned for logits",
        "Logits are what the last layer gives, before any softmax.",
    ),
    (
        "classes-for-logits",
        "Classes returned for logits",
        "Logits are ten numbers for each image; which is the largest is decided by whoever reads them.",
    ),
    (
        "predictions-hard-coded",
        "The same answer for any image",
        "A prediction has to be computed from the image by the model that was passed in.",
    ),
    (
        "softmax-before-loss",
        "Softmax before the cross-entropy",
        "The cross-entropy takes logits and applies the softmax itself; a softmax before it flattens the gradients.",
    ),
    (
        "squared-error-for-classes",
        "Squared error for a choice among classes",
        "For classes the loss is the cross-entropy; the squared error treats them as numbers to be hit.",
    ),
    (
        "loss-summed",
        "Loss summed over the batch",
        "The loss of a batch is the mean over its images, so that it does not grow with the batch.",
    ),
    (
        "losses-made-up",
        "Losses that no training gave",
        "The losses have to come from the steps that were taken.",
    ),
    (
        "gradients-not-zeroed",
        "Gradients of earlier batches kept",
        "backward adds to the gradients that are there, so they must be set to zero before each batch.",
    ),
    (
        "gradient-ascent",
        "Steps towards a larger loss",
        "A step goes against the gradient of the loss; with the sign turned the loss grows.",
    ),
    (
        "step-before-backward",
        "Step taken before the gradients are there",
        "A step uses the gradients that backward computes for the same batch, so backward comes first.",
    ),
    (
        "learning-rate-ignored",
        "Learning rate fixed in the code",
        "The optimiser must use the learning rate that was passed in.",
    ),
    (
        "learning-rate-times-1000",
        "Learning rate far too large",
        "With steps that large the weights jump over every minimum and the loss explodes.",
    ),
    (
        "another-optimizer",
        "Another optimiser than the one asked for",
        "The recipe names Adam; another optimiser needs another learning rate and more epochs.",
    ),
    (
        "optimizer-made-each-epoch",
        "Optimiser made anew in each epoch",
        "Adam remembers its past steps; made anew in each epoch it forgets them.",
    ),
    (
        "convolutions-frozen",
        "Convolutions left out of the training",
        "The optimiser must get the parameters of all layers, the convolutions' too.",
    ),
    (
        "only-last-layer-trained",
        "Only the last layer trained",
        "Layers with random weights give poor features; all layers have to be trained.",
    ),
    (
        "another-model-trained",
        "Another model trained than the one passed in",
        "Training must change the model that was passed in, since that one is asked for predictions.",
    ),
    (
        "epochs-ignored",
        "Number of epochs fixed in the code",
        "Every image is used once in each of as many epochs as were passed in.",
    ),
    (
        "images-not-shuffled",
        "The same order in every epoch",
        "Each epoch takes the images in a new random order, which follows from the seed.",
    ),
    (
        "labels-shuffled-apart",
        "Images and labels shuffled apart",
        "An image and its label must move together: one order serves both.",
    ),
    (
        "images-changed-in-place",
        "Images overwritten",
        "An operation such as x -= x.mean() changes the tensor of the caller; work on a copy.",
    ),
)
