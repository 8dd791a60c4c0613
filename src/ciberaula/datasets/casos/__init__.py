"""The simulated data set ``casos``: the tables of the case desk, from two years of simulated practice."""
