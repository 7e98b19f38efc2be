"""How long a run will take: which jobs are due, how large each is, what a unit of their work costs, how they queue."""
