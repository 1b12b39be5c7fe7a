"""The server that workers are forked from leaves at once.

Python would first take torch and the others apart, module by module: 1.6 s of processor time, 6 to 11 s on a busy machine, in which
the app has ended and a process of it has not. There is nothing to be saved. Imported by that server only (`process.PRELOAD`); the
workers themselves leave by `os._exit` in any case, as `multiprocessing` does it.
"""

import atexit
import os

atexit.register(os._exit, 0)
