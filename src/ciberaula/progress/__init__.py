"""Who is where in the course: joins gradebook, learning records and plan into a snapshot that views read.

Progress data is personal data. It is kept under pseudonyms, names are looked up apart and only for instructors, and each
participant can be given what is held about them and be erased.
"""
