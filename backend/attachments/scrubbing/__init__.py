"""The cleaning itself: a program of its own that reads a file and writes it back without its sender's traces.

It knows no Django, no database and no setting, so that it starts quickly and has nothing to lose.
"""
