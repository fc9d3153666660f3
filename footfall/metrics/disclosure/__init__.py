"""What may be told of people whom the organiser's settings protect: answers in which nobody can be singled out.

``hidden`` says who is protected, ``cells`` folds numbers until neither they nor their differences are about few people,
``answers`` makes the rows of ``marts.anonymized_answers`` from them, ``read`` answers from that table.
"""
