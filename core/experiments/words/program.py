"""Words: the next character in words of different lengths"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from core.experiments.words.config import WordsConfig
from core.program import record
from core.program.optimizer import make_optimizer

config = WordsConfig()

# Seed: the model begins at random.
torch.manual_seed(config.seed)  # the same random numbers every time
torch.set_num_threads(1)  # one thread adds in one order, down to the last digit
device = torch.device("cpu")

# Data: words. At each character the next one is to be predicted, and after the last one the end of the word.
words = config.listed
alphabet = sorted(set("".join(words)))  # {config.characters} characters: class k is alphabet[k], and the end is class {config.characters}
ids = [torch.tensor([alphabet.index(character) for character in word]) for word in words]
end = torch.tensor([config.characters])
wanted = [torch.cat([one[1:], end]) for one in ids]
lengths = torch.tensor([len(word) for word in words])

# Padding: the box is as long as the longest word, and short ones are filled with rows of zeros.
x = pad_sequence([F.one_hot(one, config.characters).float() for one in ids], batch_first=True).to(device)  # (B, T, C)
if config.padding == "counted":
    y = pad_sequence(wanted, batch_first=True).to(device)  # padding is class 0, as if it were a character: a mistake
else:
    y = pad_sequence(wanted, batch_first=True, padding_value=-100).to(device)  # cross_entropy passes over class -100


# Model: characters in, a score for each possible next one out.
class Speller(nn.Module):
    def __init__(self):
        super().__init__()
        if config.cell == "lstm":
            self.rnn = nn.LSTM(config.characters, config.hidden, batch_first=True)
        elif config.cell == "gru":
            self.rnn = nn.GRU(config.characters, config.hidden, batch_first=True)
        else:
            self.rnn = nn.RNN(config.characters, config.hidden, batch_first=True)
        self.head = nn.Linear(config.hidden, config.classes)

    def forward(self, x):  # (B, T, {config.characters}) -> (B, T, {config.classes})
        if config.padding == "packed":
            packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)  # without the padding
            outputs = pad_packed_sequence(self.rnn(packed)[0], batch_first=True)[0]  # zeros behind each word
        else:
            outputs = self.rnn(x)[0]  # also over the padding
        return self.head(outputs)


model = Speller()
model.to(device)

# Optimizer: it is given the parameters and no loss. It will read the gradient of each parameter from its .grad.
optimizer = make_optimizer(config, model.parameters())

# Training: {config.epochs} epochs. What is printed was found before the epoch's own update.
for epoch in range(1, config.epochs + 1):
    logits = model(x)  # forward: what the model says now
    loss = F.cross_entropy(logits.flatten(0, 1), y.flatten())  # how wrong that is, as one number
    optimizer.zero_grad()  # gradients add up: forget those of the update before
    loss.backward()  # fills .grad of every parameter
    record(f"epoch {epoch:4d}  loss {loss:.6f}")
    optimizer.step()  # reads .grad and moves the parameters

# Result: with all digits.
print("loss:", loss.item())
