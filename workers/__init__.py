"""When and how often: the stages run as RQ jobs against the queue of record in Postgres."""
