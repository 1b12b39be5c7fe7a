"""Classes in the plane, told apart by a network"""

from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import make_blobs, make_circles, make_moons
from sklearn.model_selection import train_test_split
from torch import nn

from core.experiments.plane.config import PlaneConfig
from core.program import ever, record
from core.program.optimizer import make_optimizer

config = PlaneConfig()

# Seed: what is drawn at random follows from it.
torch.manual_seed(config.seed)  # the same random numbers every time
torch.set_num_threads(1)  # one thread adds in one order, down to the last digit
device = torch.device("cpu")

# Data: {config.samples} points in the plane, and the class of each: a number from 0.
if config.data == "moons":
    points, y = make_moons(n_samples=config.points, noise=config.noise, random_state=config.seed)  # (n, 2), (n,)
elif config.data == "circles":
    points, y = make_circles(n_samples=config.points, noise=config.noise, random_state=config.seed, factor=0.5)
elif config.data == "blobs":
    points, y = make_blobs(n_samples=config.points, centers=config.classes, cluster_std=0.5 + config.noise, random_state=config.seed)
elif config.data == "xor":
    rng = np.random.default_rng(config.seed)
    points = rng.uniform(-3.0, 3.0, (config.points, 2))
    y = (points[:, 0] * points[:, 1] > 0).astype(int)  # 1 where both have the same sign
    points += rng.normal(0.0, config.noise, points.shape)
elif config.data == "spiral":
    rng = np.random.default_rng(config.seed)
    y = np.arange(config.points) % config.classes
    radius = np.linspace(0.2, 5.0, config.points)
    angle = 2.2 * radius + 2 * np.pi * y / config.classes  # each class has an arm of its own
    points = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    points += rng.normal(0.0, config.noise, points.shape)
if config.test_rows:
    # {config.test_rows} of them are not learned from: they test what was learned.
    points, points_test, y, y_test = train_test_split(points, y, test_size=config.test_share, random_state=config.seed)
if config.wrong_labels:
    rng = np.random.default_rng(config.seed)
    wrong = rng.choice(len(y), config.wrong_labels, replace=False)  # these labels are made wrong, on purpose
    y[wrong] = (y[wrong] + rng.integers(1, config.kinds, config.wrong_labels)) % config.kinds
if config.features != ("x1", "x2"):

    def combined(points):
        columns = []
        for feature in config.features:
            if feature == "x1":
                columns.append(points[:, 0])
            elif feature == "x2":
                columns.append(points[:, 1])
            elif feature == "x1_squared":
                columns.append(points[:, 0] ** 2)
            elif feature == "x2_squared":
                columns.append(points[:, 1] ** 2)
            elif feature == "x1_x2":
                columns.append(points[:, 0] * points[:, 1])
            elif feature == "sin_x1":
                columns.append(np.sin(points[:, 0]))
            else:
                columns.append(np.sin(points[:, 1]))
        return np.stack(columns, axis=1)  # what the network is given of each point


def given(points):
    return points if config.features == ("x1", "x2") else combined(points)


def targets(y):
    if config.output == "sigmoid":
        return torch.tensor(y, dtype=torch.float32, device=device)[:, None]
    return torch.tensor(y, dtype=torch.int64, device=device)


if config.data == "own":

    def placed(table):
        points, kinds = np.array(table)[:, :2], np.array(table)[:, 2]
        return points, torch.tensor(given(points), dtype=torch.float32, device=device), targets(kinds)

    # Your own points: x1, x2 and the class of each. More of them may come while it trains.
    points, x, y = placed(config.table)
else:
    x = torch.tensor(given(points), dtype=torch.float32, device=device)  # numpy hands out float64, weights are float32
    y = targets(y)  # cross_entropy takes int64, one number a point; binary_cross_entropy a float for each logit, (n, 1)
if config.test_rows:
    x_test = torch.tensor(given(points_test), dtype=torch.float32, device=device)
    y_test = targets(y_test)

if config.hidden:
    # Model: layer after layer. The last one gives logits, not probabilities; the loss takes care of that.
    if ever("dropout"):
        dropout = nn.Dropout(config.dropout)  # used after each hidden layer
    model = nn.Sequential()
    for inputs, units in pairwise((len(config.features), *config.hidden)):
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
    model.append(nn.Linear(config.hidden[-1], config.outputs))
elif config.by_hand:
    # Model: one linear layer by hand: logistic regression, sigmoid(x @ W + b). PyTorch keeps account of all that is computed from W and b.
    bound = 1 / len(config.features) ** 0.5
    W = torch.empty(len(config.features), 1).uniform_(-bound, bound).to(device).requires_grad_()  # what nn.Linear begins with, too
    b = torch.empty(1).uniform_(-bound, bound).to(device).requires_grad_()
else:
    # Model: one linear layer, xW + b: logistic or softmax regression. It gives logits; the loss takes care of that.
    model = nn.Linear(len(config.features), config.outputs)
if not config.by_hand:
    model.to(device)


def logits_of(x):
    return x @ W + b if config.by_hand else model(x)


def parameters():
    return [W, b] if config.by_hand else model.parameters()


# Optimizer: it is given the parameters and no loss. It will read the gradient of each parameter from its .grad.
optimizer = make_optimizer(config, parameters())

if config.by_hand:
    # Loss: binary cross-entropy, −log of the probability h that each point is given for its own class.
    def cross_entropy_of(h, y):
        return -(y * torch.log(h) + (1 - y) * torch.log(1 - h)).mean()


def loss_of(logits, y):
    if config.by_hand:
        return cross_entropy_of(torch.sigmoid(logits), y)
    if config.output == "sigmoid":
        return F.binary_cross_entropy_with_logits(logits, y)
    return F.cross_entropy(logits, y)


if config.output == "sigmoid":
    # Accuracy: the share of points that are given their own class.
    def share_right(logits, y):
        return ((logits > 0) == y).float().mean()

else:
    # Accuracy: the share of points that are given their own class.
    def share_right(logits, y):
        return (logits.argmax(1) == y).float().mean()


# Measurement: loss and logits of many points at once, without dropout and without a graph.
def measured(x, y):
    if config.hidden and ever("dropout"):
        model.eval()
    with torch.no_grad():
        logits = logits_of(x)
    if config.hidden and ever("dropout"):
        model.train()
    return loss_of(logits, y), logits


# Sparsity: L1 pulls every weight towards 0 by the same amount, and so some of them all the way.
def pull(l1):
    for parameter in parameters():
        parameter.grad += l1 * parameter.detach().sign()  # the gradient of l1 · |w|


# Best weights: a copy of the weights as they are.
def weights_now():
    if config.by_hand:
        return [W.detach().clone(), b.detach().clone()]
    return {name: value.clone() for name, value in model.state_dict().items()}


# Training: {config.epochs} epochs. What is printed was found before the epoch's own updates.
if config.stops_early:
    lowest, waited, best = float("inf"), 0, weights_now()
for epoch in range(1, config.epochs + 1):
    if config.test_rows:
        test_loss, test_logits = measured(x_test, y_test)
    if config.stops_early:
        if test_loss < lowest:
            lowest, waited, best = test_loss, 0, weights_now()
        else:
            waited += 1
    if 0 < config.batch_size < config.whole:
        loss, logits = measured(x, y)  # over all rows, before the updates of this epoch
        if config.test_rows:
            record(
                f"epoch {epoch:4d}  loss {loss:.6f}  accuracy {share_right(logits, y):.3f}"
                f"  test loss {test_loss:.6f}  accuracy {share_right(test_logits, y_test):.3f}"
            )
        else:
            record(f"epoch {epoch:4d}  loss {loss:.6f}  accuracy {share_right(logits, y):.3f}")
        order = torch.randperm(len(x))
        for batch_x, batch_y in zip(x[order].split(config.batch_size), y[order].split(config.batch_size), strict=True):
            batch_logits = logits_of(batch_x)  # forward: what the model says now
            batch_loss = loss_of(batch_logits, batch_y)  # how wrong that is, as one number
            optimizer.zero_grad()  # gradients add up: forget those of the update before
            batch_loss.backward()  # fills .grad of every parameter
            if ever("l1"):
                pull(config.l1)
            optimizer.step()  # reads .grad and moves the parameters
    else:
        logits = logits_of(x)  # forward: what the model says now
        loss = loss_of(logits, y)  # how wrong that is, as one number
        optimizer.zero_grad()  # gradients add up: forget those of the update before
        loss.backward()  # fills .grad of every parameter
        if config.test_rows:
            record(
                f"epoch {epoch:4d}  loss {loss:.6f}  accuracy {share_right(logits, y):.3f}"
                f"  test loss {test_loss:.6f}  accuracy {share_right(test_logits, y_test):.3f}"
            )
        else:
            record(f"epoch {epoch:4d}  loss {loss:.6f}  accuracy {share_right(logits, y):.3f}")
        if ever("l1"):
            pull(config.l1)
        optimizer.step()  # reads .grad and moves the parameters
    if config.stops_early:
        if waited == config.patience:  # early stopping: so long without a new lowest test loss
            if config.by_hand:
                W.data, b.data = best  # as they were where the test loss was lowest
            else:
                model.load_state_dict(best)  # as they were where the test loss was lowest
            break

# Result: with all digits, to be compared.
if config.stops_early:
    print("lowest test loss:", lowest.item())
if config.test_rows:
    print("test loss:", test_loss.item(), " test accuracy:", share_right(test_logits, y_test).item())
print("loss:", loss.item())
