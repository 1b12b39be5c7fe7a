"""What learns: configs, experiments, the training loop, and the engine that runs them. Knows no page and no browser."""
