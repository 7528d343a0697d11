-- Here, and not by pg-boss, which makes all that is in it: two that make a schema at the same time can both find that it is not
-- there, under a lock too, as what they remember of the catalogue is older than the lock.
CREATE SCHEMA IF NOT EXISTS pgboss;
