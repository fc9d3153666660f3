"""Faults in large doses, as figures: ``python -m tests.faults.drills --help``; ``make faults`` runs all of them.

Every drill plants one kind of fault many times into a small home and compares what comes out with a home that was
built without faults. A trial that was recorded is not repeated, so a dose can be run in pieces.
"""
