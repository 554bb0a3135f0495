"""Rows of the catalogue about a network of batch normalisation and dropout: id, title, explanation; programs in `solutions/build_sequential/mistakes/`."""

SEQUENTIAL = (
    (
        "batch-norm-left-out",
        "Batch normalisation left out",
        "Each convolution is followed by a batch normalisation of its channels.",
    ),
    (
        "batch-norm-after-relu",
        "Batch normalisation after the ReLU",
        "The order matters: what a ReLU has set to 0 shifts the mean, and a shift after it makes negative values again.",
    ),
    (
        "batch-norm-after-pooling",
        "Batch normalisation after the pooling",
        "Normalised is what the convolution gives; after the pooling only the largest values of it are left.",
    ),
    (
        "batch-norm-before-convolution",
        "Batch normalisation before the convolution",
        "Batch normalisation treats what the convolution gives, so it stands after it and has its filters as channels.",
    ),
    (
        "batch-norm-in-one-dimension",
        "Batch normalisation for vectors used on images",
        "BatchNorm1d takes rows of features; images with height and width need BatchNorm2d.",
    ),
    (
        "bias-before-batch-norm",
        "Bias kept before a batch normalisation",
        "Batch normalisation subtracts the mean and the bias with it; its own shift takes the bias's place.",
    ),
    (
        "momentum-as-in-keras",
        "Momentum taken for the share that is kept",
        "In PyTorch the momentum of a batch normalisation is the share of the new batch; in Keras it is that of the old value.",
    ),
    (
        "running-statistics-frozen",
        "Running statistics never updated",
        "With a momentum of 0 the running mean and variance stay 0 and 1, and evaluation has nothing of the images.",
    ),
    (
        "dropout-left-out",
        "Dropout left out",
        "A dropout layer stands before the last layer; without it training and evaluation differ in the normalisation only.",
    ),
    (
        "dropout-before-convolution",
        "Dropout before a convolution",
        "Dropout belongs before the last layer; neighbouring pixels tell a convolution what was dropped.",
    ),
    (
        "dropout-before-batch-norm",
        "Dropout before a batch normalisation",
        "Dropout changes the variance in training only, so the running variance does not fit evaluation.",
    ),
    (
        "dropout-of-the-logits",
        "Dropout after the last layer",
        "Dropping a logit says that a class has the score 0; dropout belongs before the last layer.",
    ),
    (
        "dropout-default-rate",
        "Probability of the dropout not given",
        "Without an argument nn.Dropout drops every second value.",
    ),
    (
        "log-probabilities-for-logits",
        "Logarithms of probabilities returned for logits",
        "Logits are what the last layer gives; the cross-entropy takes the log-softmax itself.",
    ),
    (
        "relu-of-the-logits",
        "ReLU after the last layer",
        "A logit may be negative; a ReLU after the last layer makes all unlikely classes equal.",
    ),
    (
        "flatten-left-out",
        "Flattening left out",
        "A dense layer works on the last axis; before it the channels, rows and columns have to become one axis.",
    ),
    (
        "evaluation-mode-returned",
        "New network in evaluation mode",
        "A network begins in training mode; eval before the training turns dropout and batch statistics off.",
    ),
    (
        "built-once",
        "The same network at every call",
        "A network that is built outside the function is the same one for every caller, trained or not.",
    ),
    (
        "weights-always-the-same",
        "Random numbers seeded inside the function",
        "A seed that is set inside the function gives every network the same first weights, and steers whatever is random later.",
    ),
    (
        "module-for-sequential",
        "A class of its own for an nn.Sequential",
        "An nn.Sequential runs its layers in the order given; a module with a forward of its own is another kind of object.",
    ),
    (
        "gradients-cut-off",
        "Gradients cut off on the way",
        "detach ends the way back: no layer before it learns anything.",
    ),
)
