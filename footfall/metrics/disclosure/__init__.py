"""Answers about workspaces whose settings protect people: no number is about few of these people.

``protected`` finds the protected people, ``cells`` suppresses numbers until neither they nor their differences are
about few of them, ``answers`` makes the rows of ``marts.anonymized_answers``, ``published_answers`` reads that table.
"""
