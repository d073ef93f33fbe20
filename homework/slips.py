"""The slips that the judge knows by name: what was done, where to read, what it still earns."""

from __future__ import annotations

import re
from typing import NamedTuple


class Place(NamedTuple):
    """A section of the book."""

    chapter: str
    heading: str

    @property
    def anchor(self) -> str:
        """Its address, relative to the folder of the chapters."""
        words = re.sub(r"[^\w\s-]", "", self.heading.lower()).split()
        return f"{self.chapter}.html#{'-'.join(words)}"

    def __str__(self) -> str:
        return f"chapter {int(self.chapter[:2])}, “{self.heading}”"


OUTPUT = Place("10_multilabel", "Which output layer?")
LOSS = Place("10_multilabel", "Which loss? The homework")
STABLE = Place("10_multilabel", "Where it goes wrong: certain and wrong")
GRADIENT = Place("10_multilabel", "The gradient, in both conventions")
SOFTMAX_FAILS = Place("10_multilabel", "Why softmax fails on sets")
TRAIN = Place("10_multilabel", "Train both on the scenes")
DECIDE = Place("10_multilabel", "Where to say yes")
SETS = Place("10_multilabel", "A set of labels is a row of zeros and ones")
NATS = Place("04_cross_entropy", "Nats and bits")
CLIPPED = Place("04_cross_entropy", "Where it goes wrong: the clipped logarithm")
SUM_OR_MEAN = Place("04_cross_entropy", "Many samples: sum or mean")
CODE = Place("06_backpropagation", "Thirteen lines of code")
BIAS = Place("06_backpropagation", "The gradients, and the bias")
BATCH = Place("06_backpropagation", "A whole batch at once")
STEP_BACK = Place("06_backpropagation", "One step back")
KINK = Place("06_backpropagation", "At the kink")
TWICE = Place("06_backpropagation", "Two errors under one name")
SHAPES = Place("06_backpropagation", "Where it goes wrong: shapes that fit by accident")
STEP = Place("07_training", "Take a step, and another")
RATE = Place("07_training", "Where it goes wrong: a rate too large")
COUNT = Place("10_multilabel", "What to count")
SETTINGS = Place("07_training", "Choose the settings on the validation part")


class Slip(NamedTuple):
    """`credit` is the share of a part's marks that an answer with this slip still earns."""

    text: str
    read: Place
    credit: float = 0.0


SLIPS = {
    # no answer at all
    "not_done": Slip("Nothing here yet: replace the stub.", OUTPUT),
    "missing": Slip("A name that the question asks for is not defined.", OUTPUT),
    "nothing": Slip("The function returns None: is the return line missing?", CODE),
    "raised": Slip("Your code stopped with an error.", CODE),
    "timeout": Slip("No answer in time: is there an endless loop?", STEP),
    "memory": Slip("Your code asked for more memory than it may have.", BATCH),
    "killed": Slip("Your code ended the Python process.", CODE),
    "output": Slip("Your code printed, wrote or returned more than it may.", CODE),
    "garbled": Slip("Your code wrote where only the grader writes.", CODE),
    "type": Slip("The answer is not made of numbers.", CODE),
    # of any question
    "mutated": Slip("The arguments are changed in place: work on a copy.", CODE, 0.75),
    "global_state": Slip(
        "The same call gives two different answers: something outside the function remembers.", CODE
    ),
    "hard_coded": Slip(
        "The answer is right for the numbers of the check cell, and for no others.", BATCH
    ),
    "constant": Slip("The answer is the same for all arguments.", BATCH),
    "single_precision": Slip(
        "The answer is rounded to fewer digits than the input has: keep float64.", STABLE, 0.75
    ),
    "integers": Slip(
        "Whole-number input gives another answer: an array made like the input cuts off decimals.",
        STABLE,
    ),
    "shape": Slip("The numbers may be right, but the answer has the wrong shape.", SHAPES, 0.5),
    "transposed": Slip("The answer is transposed: samples belong in rows.", SHAPES, 0.5),
    "nan": Slip("“Not a number” for logits of ordinary size: check the logarithms.", STABLE),
    "inexact": Slip(
        "Right to two digits only: is it a difference quotient, or rounded?", GRADIENT, 0.25
    ),
    "mean_twice": Slip("Divided twice by the number of samples.", SUM_OR_MEAN, 0.5),
    # output layer
    "softmax": Slip(
        "That is softmax: the outputs share one unit, so two objects cannot both be certain.",
        OUTPUT,
    ),
    "normalised": Slip("Do not divide by the sum: the answers need not sum to one.", OUTPUT),
    "hard_decision": Slip("These are decisions; a probability was asked for.", OUTPUT, 0.25),
    "tanh": Slip("tanh goes from −1 to 1; a probability lies between 0 and 1.", OUTPUT, 0.25),
    "shifted": Slip(
        "Softmax may subtract the maximum of its logits; for the sigmoid it matters.", OUTPUT, 0.25
    ),
    "doubled_logit": Slip("This is the sigmoid of 2z: (1 + tanh z)/2 squeezes z.", OUTPUT, 0.5),
    "logits": Slip("These are the logits themselves: no output layer has acted.", OUTPUT),
    "inverted": Slip("Yes and no are exchanged: the sign of the logit is turned.", OUTPUT, 0.5),
    "overflow": Slip(
        "Right for small logits, but at large ones the exponential overflows.", STABLE
    ),
    # loss
    "mean_over_labels": Slip(
        "You take the mean over the labels as well: sum over labels, mean over samples.", LOSS, 0.5
    ),
    "sum_over_samples": Slip(
        "The mean over the samples is missing: divide by their number.", SUM_OR_MEAN, 0.5
    ),
    "axes_exchanged": Slip(
        "Mean and sum are exchanged: divide by the number of samples, not of labels.",
        SUM_OR_MEAN,
        0.5,
    ),
    "sign": Slip("The sign is turned.", LOSS, 0.5),
    "present_only": Slip(
        "Only the objects that are there count: the term (1 − y) ln(1 − ŷ) is missing.", LOSS, 0.25
    ),
    "absent_only": Slip("Only the objects that are absent count: y ln ŷ is missing.", LOSS, 0.25),
    "labels_turned": Slip("y and 1 − y are exchanged.", LOSS, 0.5),
    "softmax_loss": Slip(
        "That is the cross-entropy of softmax, for classes that exclude each other.", SOFTMAX_FAILS
    ),
    "softmax_two_terms": Slip(
        "Softmax outputs in the two-term loss: that loss belongs to sigmoids.", SOFTMAX_FAILS
    ),
    "bits": Slip("These are bits: nats need the natural logarithm.", NATS, 0.75),
    "decimal_log": Slip("Base ten: nats need the natural logarithm.", NATS, 0.75),
    "sigmoid_twice": Slip("The sigmoid is applied twice: z holds logits.", LOSS, 0.25),
    "squared": Slip("That is a squared error, not a cross-entropy.", LOSS),
    "arguments_exchanged": Slip("z and y are exchanged: logits come first.", LOSS, 0.5),
    "one_sample": Slip(
        "Only one sample counts: in the loop, add to the total, do not overwrite it.", BATCH, 0.25
    ),
    "not_reduced": Slip(
        "One number is asked for: sum over the labels, then take the mean over the samples.",
        SUM_OR_MEAN,
        0.5,
    ),
    "clipped": Slip(
        "Clipping by an epsilon puts a ceiling on the loss: start from the logits instead.", CLIPPED
    ),
    "log_of_zero": Slip(
        "Infinite: at large logits σ(z) is rounded to 0 or 1, and you take the logarithm of zero.",
        STABLE,
    ),
    "zero_by_zero": Slip(
        "At large logits σ(z) is rounded to 0 or 1, and you divide zero by zero.", GRADIENT
    ),
    # gradient
    "no_mean": Slip("The factor 1/N of the mean over the samples is missing.", BATCH, 0.5),
    "slope_twice": Slip(
        "Once too often times σ′: that is the gradient of a squared error, or δ counted twice.",
        TWICE,
        0.25,
    ),
    "by_output": Slip(
        "That is the derivative with respect to ŷ: multiply by σ′(z) to reach z.", GRADIENT, 0.25
    ),
    "no_target": Slip("y is missing: the gradient is a difference.", GRADIENT),
    "decided_first": Slip("Use the probabilities, not the decisions, in ŷ − y.", GRADIENT, 0.25),
    "logits_for_outputs": Slip("z − y: the sigmoid is missing.", GRADIENT, 0.25),
    "summed_over_batch": Slip(
        "Summed over the samples: each logit has its own derivative, so keep the shape of z.",
        GRADIENT,
        0.25,
    ),
    # one step by hand
    "step_up": Slip("The step goes uphill: subtract the gradient.", STEP, 0.5),
    "no_rate": Slip("The learning rate is missing.", STEP, 0.5),
    "change_only": Slip("That is the change: subtract it from the old value.", STEP, 0.5),
    "gradient_only": Slip(
        "That is the gradient: multiply it by the rate, and subtract it from the old value.",
        STEP,
        0.25,
    ),
    "bias_ignored": Slip("The bias is missing in the logit.", BIAS, 0.5),
    "bias_forgotten": Slip("The bias is not trained: its gradient is δ.", BIAS),
    # training
    "diverged": Slip("Not finite: the learning rate is too large.", RATE),
    "under_trained": Slip("The network has not learned enough yet.", SETTINGS, 0.5),
    # thresholds
    "half": Slip("One half for each label: nothing was chosen.", DECIDE),
    "one_threshold": Slip("One threshold for all: each label needs its own.", DECIDE, 0.25),
    "logit_threshold": Slip("These are logits: compare probabilities.", OUTPUT, 0.5),
    "index": Slip("A threshold above 1: is it the place in the grid, not its value?", DECIDE, 0.25),
    "score_returned": Slip("These are the best F₁; the thresholds were asked for.", DECIDE, 0.25),
    "accuracy": Slip("These thresholds are best for accuracy, not for F₁.", COUNT, 0.25),
    "precision": Slip("These thresholds are best for precision, not for F₁.", COUNT, 0.25),
    "recall": Slip("These thresholds are best for recall, not for F₁.", COUNT, 0.25),
    "youden": Slip("These are best for hits minus false alarms, not for F₁.", COUNT, 0.25),
    "mean_for_threshold": Slip("A mean is no threshold: try values, and count.", DECIDE),
    # softmax on sets
    "shares": Slip(
        "The loss of shares y/m: keep the multi-hot target, then it is m times as large.",
        SOFTMAX_FAILS,
        0.5,
    ),
    "untrained": Slip("That is the loss before the first step.", STEP),
    "stopped_early": Slip("A loss still falls: take more steps, or longer ones.", STEP, 0.25),
    "below_floor": Slip(
        "No softmax can get below m ln m: is the loss computed from all labels?", SOFTMAX_FAILS
    ),
    "sigmoids_for_softmax": Slip("Softmax cannot give these: they sum to m.", SOFTMAX_FAILS),
    "softmax_for_sigmoids": Slip(
        "The sigmoids' loss has no floor: train them by σ(z) − y.", SOFTMAX_FAILS
    ),
    # backpropagation
    "mask_open": Slip(
        "No neuron is switched off: after ReLU every value is ≥ 0, so ask for > 0.", KINK, 0.5
    ),
    "mask_at_zero": Slip("At exactly zero ReLU has the derivative 0 here: ask for > 0.", KINK),
    "mask_of_error": Slip(
        "φ′ of the wrong argument: the mask belongs to z, not δ.", STEP_BACK, 0.25
    ),
    "mask_without_bias": Slip("φ′ of the wrong argument: the bias is part of z.", STEP_BACK, 0.5),
    "mask_of_value": Slip("The error is multiplied by a; it belongs to φ′(z).", STEP_BACK, 0.25),
    "sigmoid_slope": Slip("σ′ in the hidden layer: this one has ReLU.", STEP_BACK, 0.25),
    "slope_of_output": Slip("a(1 − a) is the slope of a sigmoid, not of ReLU.", STEP_BACK, 0.25),
    "tanh_slope": Slip("1 − a² is the slope of tanh, not of ReLU.", STEP_BACK, 0.25),
    "before_activation": Slip(
        "The last weights see the activations a, not the logits z of the layer before.", CODE, 0.5
    ),
    "bias_mean": Slip("The bias is divided by N twice: sum the δ over the batch.", BIAS, 0.5),
    "bias_no_mean": Slip("The factor 1/N is missing in the biases.", BIAS, 0.5),
    "order": Slip("The order is dW1, db1, dW2, db2.", CODE, 0.75),
}
