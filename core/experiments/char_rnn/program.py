"""Char-RNN: a network that learns to spell a text"""

import re
import sys
import unicodedata

import torch
import torch.nn.functional as F
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_linnerud, load_wine
from torch import nn

from core.experiments.char_rnn.config import CharRNNConfig
from core.program import record
from core.program.optimizer import make_optimizer

config = CharRNNConfig()

# Seed: what is drawn at random follows from it.
torch.manual_seed(config.seed)  # the same random numbers every time
torch.set_num_threads(1)  # one thread adds in one order, down to the last digit
device = torch.device("cpu")

# Data: a text. At each character, the next one is to be predicted.
if config.text == "iris":
    text = load_iris().DESCR
elif config.text == "wine":
    text = load_wine().DESCR
elif config.text == "breast_cancer":
    text = load_breast_cancer().DESCR
elif config.text == "digits":
    text = load_digits().DESCR
elif config.text == "diabetes":
    text = load_diabetes().DESCR
elif config.text == "linnerud":
    text = load_linnerud().DESCR
else:
    text = config.written
if config.splits_syllables:
    text = re.sub("[가-힣]+", lambda syllables: unicodedata.normalize("NFD", syllables[0]), text)  # Hangul by jamo
alphabet = sorted(set(text))  # {config.classes} characters: class k is alphabet[k]
number = {character: k for k, character in enumerate(alphabet)}
ids = torch.tensor([number[character] for character in text])  # ({len(config.corpus.symbols)},)
if config.batch_size == 1:
    x = ids[:-1].view(1, config.columns).to(device)  # all but the last
    y = ids[1:].view(1, config.columns).to(device)  # all but the first: at each place the character that comes next
else:
    # It is cut into {config.batch_size} streams that are read side by side.
    x = ids[:-1][: config.batch_size * config.columns].view(config.batch_size, config.columns).to(device)  # all but the last
    y = ids[1:][: config.batch_size * config.columns].view(config.batch_size, config.columns).to(device)  # all but the first
if config.in_pieces:
    x_pieces = x.split(config.sequence_length, dim=1)  # {config.pieces} pieces, one for each iteration
    y_pieces = y.split(config.sequence_length, dim=1)

# Encoding: a vector for each character, 1 at its class and 0 elsewhere.
if config.encoded_before:
    if config.in_pieces:
        x_pieces = [F.one_hot(piece, config.classes).float() for piece in x_pieces]
    else:
        x = F.one_hot(x, config.classes).float()  # (B, T, {config.classes})


def recurrent():
    if config.cell == "lstm":
        return nn.LSTM(config.features, config.units, num_layers=config.layers, batch_first=True)
    if config.cell == "gru":
        return nn.GRU(config.features, config.units, num_layers=config.layers, batch_first=True)
    if config.cell == "rnn_relu":
        return nn.RNN(config.features, config.units, num_layers=config.layers, nonlinearity="relu", batch_first=True)
    return nn.RNN(config.features, config.units, num_layers=config.layers, batch_first=True)


if config.is_class:
    # Model: characters in, a score for each possible next character out, and the state that is passed on.
    class CharRNN(nn.Module):
        def __init__(self):
            super().__init__()
            if config.encoding == "embedding":
                self.embedding = nn.Embedding(config.classes, config.embedding_size)
            self.rnn = recurrent()
            if config.head == "linear":
                self.head = nn.Linear(config.units, config.classes)

        def forward(self, x, state=None):  # (B, T{"" if config.encoding == "embedding" else ", C"}) -> (B, T, C), C = {config.classes}
            if config.encoding == "embedding":
                x = self.embedding(x)
            outputs, state = self.rnn(x, state)
            if config.head == "linear":
                outputs = self.head(outputs)
            return outputs, state

    model = CharRNN()
else:
    # Model: a recurrent layer with one hidden unit for each character: its outputs are the logits.
    model = recurrent()
model.to(device)

# Optimizer: it is given the parameters and no loss. It will read the gradient of each parameter from its .grad.
optimizer = make_optimizer(config, model.parameters())


def encoded(x):
    return F.one_hot(x, config.classes).float() if config.encoded_late else x


def scored(x):
    return model(encoded(x), state) if config.in_pieces else model(encoded(x))


# Training: {config.epochs} iterations. What is printed was found before the iteration's own update.
for iteration in range(1, config.epochs + 1):
    if config.in_pieces:
        piece = (iteration - 1) % len(x_pieces)
        x, y = x_pieces[piece], y_pieces[piece]
        if piece == 0:
            state = None  # at the beginning of the text: zeros
    logits, state = scored(x)  # forward: what the model says now
    loss = F.cross_entropy(logits.reshape(-1, config.classes), y.reshape(-1))  # how wrong that is, as one number
    optimizer.zero_grad()  # gradients add up: forget those of the update before
    loss.backward()  # fills .grad of every parameter
    record(f"iteration {iteration:4d}  loss {loss:.6f}  accuracy {(logits.argmax(2) == y).float().mean():.3f}")
    if config.clip:
        nn.utils.clip_grad_norm_(model.parameters(), config.clip)  # no gradient longer than this
    optimizer.step()  # reads .grad and moves the parameters
    if config.in_pieces:
        if config.cell == "lstm":
            state = tuple(part.detach() for part in state)  # passed on, but no gradient goes back through it
        else:
            state = state.detach()  # passed on, but no gradient goes back through it

# Result: what it predicted last, after each character the next one; and the loss with all digits, to be compared.
if not config.corpus.alphabet.isascii():
    if hasattr(sys.stdout, "reconfigure"):  # a notebook has every letter, a terminal or file may lack some
        sys.stdout.reconfigure(errors="backslashreplace")  # a letter that is lacking is printed as its number
print("".join(alphabet[k] for k in logits[0].argmax(1).tolist()))
print("loss:", loss.item())
