"""Long runs: ``make soak``. Their files are not named ``test_*``, so that ``make test`` leaves them out."""
