"""Imported once by the server that workers are forked from, so that none of them waits for a recipe's libraries again."""

import logging

from core import experiments

logger = logging.getLogger(__name__)

for _name in experiments.names():
    try:
        experiments.recipe(_name)
    except Exception:
        logger.exception("The recipe of %s cannot be imported; its runs will fail and say so.", _name)
