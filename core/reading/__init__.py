"""Files from outside: every guess that is made in reading them is reported, and so is what could not be used and why.

Bytes become text (`encoding`), a text becomes rows of cells (`dialect`), the first row names or does not (`header`), cells become
numbers (`numbers`), and all of it together is a `Table` (`table`). Every guess can be corrected by a `Reading`.
"""
