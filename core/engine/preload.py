"""Imported once by the server that workers are forked from, so that none of them waits for an experiment's libraries again."""

import logging

from core import experiments

logger = logging.getLogger(__name__)

for _name in experiments.names():
    try:
        experiments.watch(_name)
    except Exception:
        logger.exception("%s cannot be imported; its runs will fail and say so.", _name)
