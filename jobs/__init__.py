"""What joins the store, the collectors and scoring: one module per thing to be done.

The command line and the worker only ask; all of the doing is here.
"""


class Failed(Exception):
    """Something asked for could not be done. The message is a sentence for whoever
    asked: what was expected, where, and what to do next."""
