"""Iris, or a table of your own: classes told apart by a network"""

from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn

from core.experiments.iris.config import IrisConfig
from core.program import ever, record
from core.program.optimizer import make_optimizer

config = IrisConfig()

# Seed: what is drawn at random follows from it.
torch.manual_seed(config.seed)  # the same random numbers every time
torch.set_num_threads(1)  # one thread adds in one order, down to the last digit
device = torch.device("cpu")

if config.data == "flowers":
    # Data: 150 iris flowers of three species (0, 1, 2), four lengths in centimetres of each.
    x, y = load_iris(return_X_y=True)  # (150, 4) float64, (150,) int
else:
    # Data: {config.samples} rows of your own table. The last number of each is its class, from 0.
    table = np.array(config.table)  # ({", ".join(config.known)}; {", ".join(config.classes)})
    x, y = table[:, :-1], table[:, -1].astype(int)
if len(config.chosen) < len(config.known):
    x = x.take(config.columns, axis=1)  # ({", ".join(config.chosen)})
if config.test_share:
    # {config.test_rows} of them are not learned from: they test what was learned.
    x, x_test, y, y_test = train_test_split(x, y, test_size=config.tested_share, stratify=y, random_state=config.seed)
if config.standardize:
    scaler = StandardScaler().fit(x)  # mean 0, and variance 1
    x = scaler.transform(x)
    if config.test_share:
        x_test = scaler.transform(x_test)
if config.wrong_labels:
    rng = np.random.default_rng(config.seed)
    wrong = rng.choice(len(y), config.wrong_labels, replace=False)  # these labels are made wrong, on purpose
    y[wrong] = (y[wrong] + rng.integers(1, config.kinds, config.wrong_labels)) % config.kinds
x = torch.tensor(x, dtype=torch.float32, device=device)  # numpy hands out float64, weights are float32
y = torch.tensor(y, dtype=torch.int64, device=device)  # cross_entropy takes int64; numpy's int is int32 on some machines
if config.test_share:
    x_test = torch.tensor(x_test, dtype=torch.float32, device=device)
    y_test = torch.tensor(y_test, dtype=torch.int64, device=device)

if config.hidden:
    # Model: layer after layer. The last one gives logits, not probabilities; cross_entropy takes the softmax itself.
    if ever("dropout"):
        dropout = nn.Dropout(config.dropout)  # used after each hidden layer
    model = nn.Sequential()
    for inputs, units in pairwise((len(config.chosen), *config.hidden)):
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
    model.append(nn.Linear(config.hidden[-1], config.kinds))
else:
    # Model: one linear layer: softmax regression. It gives logits; cross_entropy takes the softmax itself.
    model = nn.Linear(len(config.chosen), config.kinds)
model.to(device)

# Optimizer: it is given the parameters and no loss. It will read the gradient of each parameter from its .grad.
optimizer = make_optimizer(config, model.parameters())


# Accuracy: the share of samples whose greatest logit is that of their class.
def share_right(logits, y):
    return (logits.argmax(1) == y).float().mean()


# Measurement: loss and logits of many samples at once, without dropout and without a graph.
def measured(x, y):
    if config.hidden and ever("dropout"):
        model.eval()
    with torch.no_grad():
        logits = model(x)
    if config.hidden and ever("dropout"):
        model.train()
    return F.cross_entropy(logits, y), logits


# Best weights: a copy of the weights as they are.
def weights_now():
    return {name: value.clone() for name, value in model.state_dict().items()}


# Training: {config.epochs} epochs. What is printed was found before the epoch's own updates.
if config.stops_early:
    lowest, waited, best = float("inf"), 0, weights_now()
for epoch in range(1, config.epochs + 1):
    if config.test_share:
        test_loss, test_logits = measured(x_test, y_test)
    if config.stops_early:
        if test_loss < lowest:
            lowest, waited, best = test_loss, 0, weights_now()
        else:
            waited += 1
    if 0 < config.batch_size < config.rows:
        loss, logits = measured(x, y)  # over all rows, before the updates of this epoch
        if config.test_share:
            record(
                f"epoch {epoch:4d}  loss {loss:.6f}  accuracy {share_right(logits, y):.3f}"
                f"  test loss {test_loss:.6f}  accuracy {share_right(test_logits, y_test):.3f}"
            )
        else:
            record(f"epoch {epoch:4d}  loss {loss:.6f}  accuracy {share_right(logits, y):.3f}")
        for rows in torch.randperm(len(x)).split(config.batch_size):
            batch_logits = model(x[rows])  # forward: what the model says now
            batch_loss = F.cross_entropy(batch_logits, y[rows])  # how wrong that is, as one number
            optimizer.zero_grad()  # gradients add up: forget those of the update before
            batch_loss.backward()  # fills .grad of every parameter
            optimizer.step()  # reads .grad and moves the parameters
    else:
        logits = model(x)  # forward: what the model says now
        loss = F.cross_entropy(logits, y)  # how wrong that is, as one number
        optimizer.zero_grad()  # gradients add up: forget those of the update before
        loss.backward()  # fills .grad of every parameter
        if config.test_share:
            record(
                f"epoch {epoch:4d}  loss {loss:.6f}  accuracy {share_right(logits, y):.3f}"
                f"  test loss {test_loss:.6f}  accuracy {share_right(test_logits, y_test):.3f}"
            )
        else:
            record(f"epoch {epoch:4d}  loss {loss:.6f}  accuracy {share_right(logits, y):.3f}")
        optimizer.step()  # reads .grad and moves the parameters
    if config.stops_early:
        if waited == config.patience:  # early stopping: so long without a new lowest test loss
            model.load_state_dict(best)  # as they were where the test loss was lowest
            break

# Result: with all digits, to be compared.
if config.stops_early:
    print("lowest test loss:", lowest.item())
if config.test_share:
    print("test loss:", test_loss.item(), " test accuracy:", share_right(test_logits, y_test).item())
print("loss:", loss.item())
