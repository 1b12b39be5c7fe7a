"""Search: many runs of one experiment, whose settings are chosen by a sampler, to find those that do best.

A search is data, as a run is: a `SearchSpec` says what is searched, how, and by which numbers; the same spec finds the same.

| module    | what it holds                                                                          |
| --------- | -------------------------------------------------------------------------------------- |
| `space`   | which fields are searched, each over a range or among choices                          |
| `spec`    | a search as data, and how a link or a command line writes it                           |
| `goal`    | the number that says which trial is better                                             |
| `halving` | which trials are cut short                                                             |
| `sampler` | who chooses: a grid, chance, TPE or CMA-ES; Optuna is imported here, and nowhere else  |
| `member`  | one run of a trial, made by its own program; `stacked` many of one shape at once       |
| `share`   | the members that one process trains                                                    |
| `helper`  | a process that trains a share; `remote` how a search sees it                           |
| `wave`    | trials side by side, divided among the processes                                       |
| `search`  | all of it together: wave after wave                                                    |
"""
