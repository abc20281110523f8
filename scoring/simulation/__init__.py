"""How often what is published contains the truth, in worlds whose truth is known.

``cases`` says what is drawn, ``drawing`` draws it, ``checking`` counts it the way
editions are counted and looks how often each printed interval holds. What a release
measured is kept in ``scoring/trials.json`` and read by ``scoring.trials``.
"""
