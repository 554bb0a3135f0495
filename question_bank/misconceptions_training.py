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
    (
        "same-order-each-epoch",
        "One order for all epochs",
        "A new order is drawn in every epoch; with one order the batches are always the same.",
    ),
    (
        "drawn-with-replacement",
        "Images drawn with replacement",
        "An epoch is a permutation of the images; drawn with replacement some come twice and others never.",
    ),
    (
        "first-batch-only",
        "Only the first batch of an epoch used",
        "An epoch goes through all batches; a break or a return inside the loop ends it after the first.",
    ),
    (
        "batch-size-ignored",
        "Batch size fixed in the code",
        "Every step takes as many images as the batch size that was passed in.",
    ),
    (
        "seed-ignored",
        "Seed ignored",
        "The orders must follow from the seed that was passed in, so that a training can be repeated.",
    ),
    (
        "model-reset-each-epoch",
        "Model made anew in each epoch",
        "Training goes on from the weights of the epoch before; made anew the model forgets what it has learned.",
    ),
    (
        "training-in-evaluation-mode",
        "Trained in evaluation mode",
        "Training needs model.train(): otherwise batch normalisation uses old statistics and dropout does nothing.",
    ),
    (
        "evaluation-in-training-mode",
        "Predicted in training mode",
        "Predictions need model.eval(): otherwise they depend on the other images of the batch and on chance.",
    ),
    (
        "last-batch-loss",
        "Loss of the last batch reported",
        "The loss of an epoch is the mean over all its images, not the loss of its last batch.",
    ),
    (
        "batch-losses-averaged",
        "Losses of unequal batches averaged",
        "A smaller last batch counts less: weight the loss of a batch with its number of images.",
    ),
    (
        "loss-divided-by-batch-size",
        "Loss of a smaller batch divided by the full batch size",
        "The mean of a batch divides by the number of its own images, which in the last batch may be smaller.",
    ),
    (
        "first-weights-too-large",
        "First weights far too large",
        "With weights of size 1 the logits of a new model are huge and its loss is far above ln 10.",
    ),
    (
        "predictions-shuffled",
        "Predictions in another order than the images",
        "Row i of the result belongs to image i, so images are not shuffled for predictions.",
    ),
    (
        "largest-over-images",
        "Largest logit taken over the images",
        "The predicted class is the largest of the ten logits of one image: dim=1, not dim=0.",
    ),
    (
        "batch-accuracies-averaged",
        "Accuracies of unequal batches averaged",
        "Count the images that are right and divide once: a smaller last batch counts less.",
    ),
    (
        "accuracy-in-percent",
        "Accuracy in percent",
        "The accuracy was asked for as a share from 0 to 1.",
    ),
    (
        "accuracy-hard-coded",
        "Accuracy that nothing measured",
        "An accuracy has to be counted on the images and classes that were passed in.",
    ),
    (
        "weights-pasted",
        "Weights brought along",
        "The model has to be trained on the images that were passed in, from the weights it has then.",
    ),
    (
        "weights-pasted-and-aligned",
        "Weights brought along and fitted to the images",
        "Finding out how to turn the images so that old weights fit is not training: no weight learns.",
    ),
)
