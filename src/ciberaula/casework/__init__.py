"""The case desk: simulated cases, the rules they are worked by, stories to practise in, and the law. No widget, no notebook.

* ``entities``, ``vocabulary``, ``actions``, ``changes``: what a case file holds, and what can be done to it.
* ``policy`` (the table), ``requirements`` (its conditions), ``workflow``, ``incidents``: who may, where it stands, what is due.
* ``desk``, ``audit``, ``views``, ``snapshot``: one action, one transaction, one entry of the chain; what a role sees.
* ``store``: in memory, SQLite or PostgreSQL, with its migrations; ``cohort``, ``commands``: one desk for many.
* ``offline``, ``connection``: working on without a connection, and bringing it back.
* ``stories``: schema, checks and engine; a story is YAML, a play is its log. ``population``: other cases on the desk.
* ``assessment``: what a log is worth, with evidence, and its debrief. ``players``, ``players_random``: the proof that it tells.
* ``practice``: an institution at work for a year, for data sets.
* ``legal``, ``terms``, ``calendars``: dated law, and counting its periods of time.
"""
