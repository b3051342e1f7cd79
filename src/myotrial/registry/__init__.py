"""Read a register's record of a trial into one ``TrialRecord``, whatever form it came in."""
