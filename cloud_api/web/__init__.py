"""The edge of the service: problems, headers, logs, metrics, health."""
