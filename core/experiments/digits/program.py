"""Digits: a network that learns to read handwriting"""

from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from core.experiments.digits.config import DigitsConfig
from core.program import ever, record
from core.program.optimizer import make_optimizer

config = DigitsConfig()

# Seed: what is drawn at random follows from it.
torch.manual_seed(config.seed)  # the same random numbers every time
torch.set_num_threads(1)  # one thread adds in one order, down to the last digit
device = torch.device("cpu")

# Data: 1,797 digits of 8 × 8 squares, written by 13 people; each square holds 0 to 16 pixels of ink.
ink, digits = load_digits(return_X_y=True)  # (1797, 64), (1797,)
images = torch.tensor(ink.reshape(-1, 1, 8, 8) / 16, dtype=torch.float32, device=device)  # (N, channels, height, width), 0 … 1
kinds = torch.tensor(digits, dtype=torch.int64, device=device)  # cross_entropy takes int64, one number a digit
if config.split == "writer":
    # The digits of one writer stand together. Those of {config.writers_held_out} of 14 stretches are not learned from.
    ends = [130, 256, 386, 516, 646, 776, 915, 1029, 1157, 1287, 1415, 1545, 1667, 1797]
    writer = np.repeat(np.arange(14), np.diff([0, *ends]))  # (1797,)
    tested = np.isin(writer, np.random.default_rng(config.seed).permutation(14)[: config.writers_held_out])
    train, test = np.flatnonzero(~tested), np.flatnonzero(tested)
else:
    # {config.test_rows} of them are not learned from, as many of each digit: they test what was learned.
    train, test = train_test_split(np.arange(1797), test_size=config.test_share, stratify=digits, random_state=config.seed)
x, y = images[train], kinds[train]
x_test, y_test = images[test], kinds[test]

if ever("own"):
    # Own digits: drawn by hand, 64 squares as one text: 0 … 9, a … g for 0 to 16. More of them may come while it trains.
    def joined(own):
        squares = [[int(square, 17) for square in text] for text, _ in own]
        drawn = torch.tensor(squares, dtype=torch.float32, device=device).reshape(len(own), 1, 8, 8) / 16
        said = torch.tensor([kind for _, kind in own], dtype=torch.int64, device=device)
        return torch.cat([images[train], drawn]), torch.cat([kinds[train], said])

    x, y = joined(config.own)

if config.network == "cnn":
    # Model: kernels slide over the image, each makes a map of where it fits, and a linear layer weighs what is left.
    if ever("dropout"):
        dropout = nn.Dropout(config.dropout)  # used before the linear layer
    model = nn.Sequential()
    for inputs, outputs in pairwise((1, *config.channels)):
        model.append(nn.Conv2d(inputs, outputs, config.kernel, padding=config.padded))
        if config.activation == "relu":
            model.append(nn.ReLU())
        elif config.activation == "tanh":
            model.append(nn.Tanh())
        elif config.activation == "sigmoid":
            model.append(nn.Sigmoid())
        elif config.activation == "gelu":
            model.append(nn.GELU())
        if config.pooling == "max":
            model.append(nn.MaxPool2d(2))
        elif config.pooling == "average":
            model.append(nn.AvgPool2d(2))
    model.append(nn.Flatten())
    if ever("dropout"):
        model.append(dropout)
    model.append(nn.Linear(config.flat, 10))
else:
    # Model: the 64 squares in a row, and layer after layer of units that each weigh all of them.
    if ever("dropout"):
        dropout = nn.Dropout(config.dropout)  # used after each hidden layer
    model = nn.Sequential()
    model.append(nn.Flatten())
    for inputs, units in pairwise((64, *config.hidden)):
        model.append(nn.Linear(inputs, units))
        if config.activation == "relu":
            model.append(nn.ReLU())
        elif config.activation == "tanh":
            model.append(nn.Tanh())
        elif config.activation == "sigmoid":
            model.append(nn.Sigmoid())
        elif config.activation == "gelu":
            model.append(nn.GELU())
        if ever("dropout"):
            model.append(dropout)
    model.append(nn.Linear((64, *config.hidden)[-1], 10))
model.to(device)

# Optimizer: it is given the parameters and no loss. It will read the gradient of each parameter from its .grad.
optimizer = make_optimizer(config, model.parameters())


# Accuracy: the share of digits whose greatest logit is their own.
def share_right(logits, y):
    return (logits.argmax(1) == y).float().mean()


# Measurement: loss and accuracy of many digits at once, without dropout and without a graph.
def measured(x, y):
    if ever("dropout"):
        model.eval()
    with torch.no_grad():
        logits = model(x)
    if ever("dropout"):
        model.train()
    return F.cross_entropy(logits, y), share_right(logits, y)


# Training: {config.epochs} updates. An epoch is over when too few digits for a batch are left; then they come in a new order.
epoch, order, at = 0, torch.empty(0, dtype=torch.int64), 0
for update in range(1, config.epochs + 1):
    size = min(config.batch_size, len(y))
    if at + size > len(order):
        epoch, order, at = epoch + 1, torch.randperm(len(y)), 0
        train_loss, train_accuracy = measured(x, y)
        test_loss, test_accuracy = measured(x_test, y_test)
    rows = order[at : at + size]
    at += size
    logits = model(x[rows])  # forward: what the model says now
    loss = F.cross_entropy(logits, y[rows])  # how wrong that is, as one number
    optimizer.zero_grad()  # gradients add up: forget those of the update before
    loss.backward()  # fills .grad of every parameter
    record(f"update {update:4d}  epoch {epoch:3d}  loss {loss:.6f}  test loss {test_loss:.6f}  accuracy {test_accuracy:.3f}")
    optimizer.step()  # reads .grad and moves the parameters

# Result: with all digits, to be compared.
test_loss, test_accuracy = measured(x_test, y_test)
print("test loss:", test_loss.item(), " test accuracy:", test_accuracy.item())
print("loss:", loss.item())
