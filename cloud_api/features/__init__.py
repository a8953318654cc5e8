"""What the service offers, one folder a feature, with the same files in each.

`routes` is the feature over HTTP, `service` what it does, `repository` its statements, `models` its
rows, `tasks` what runs in the queue. What crosses the wire is in `local_engine.contracts`.
"""
