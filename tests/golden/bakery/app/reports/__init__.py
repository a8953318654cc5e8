"""Reports: figures over the rows that the actor may read."""
