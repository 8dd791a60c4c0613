"""Stories of the case desk: what they may say (``spec``), whether they hold (``graph``), and playing them (``play``)."""
