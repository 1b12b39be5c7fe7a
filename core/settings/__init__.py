"""What can be set: the config of an experiment, the limits of a server, the device."""
