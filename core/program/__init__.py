"""Program: the one text of an experiment, as a person would write it — executed, shown, exported, stepped and broken.

`core/experiments/<name>/program.py` is plain Python that reads its settings as `config.lr` and branches on them with
ordinary `if`. `running` executes it, `specialise` makes of it the script of one run: settings become literals, branches that
are not taken fall out. What a program may hold beyond Python:

| in the text                          | executed                                    | in the script of a run                       |
| ------------------------------------ | ------------------------------------------- | -------------------------------------------- |
| `config = …`, `device = …`           | those of the run take their place           | nothing; the device, where it is a GPU       |
| `record(line)`                       | the run is held: here, or after the pass's  | the line is printed every tenth of the run,  |
|                                      | first `backward()` if that is still to come | and the loop ends where the run ended        |
| `ever("x")`                          | before the loop true, for it may be changed | whether x is anything but 0 at any time      |
|                                      | yet; in the loop whether it is not 0 now    | of the run                                   |
| `# Data: what it is`                 | –                                           | begins a section; comments are translated    |
| `# {config.epochs} epochs`           | –                                           | the value takes the place of the braces      |
"""


def record(line: str) -> None:
    """Where the text is run as a plain file: print the line."""
    print(line)  # noqa: T201


def ever(_name: str) -> bool:
    """Whether a setting is, or can become, anything but 0."""
    return True
