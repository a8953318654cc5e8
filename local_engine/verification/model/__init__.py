"""The executable model: what docs/blueprint.md says a service does, interpreted in memory.

`Model` (model.py) decides what a request is to be answered; `store` holds its rows; `world` makes
actors and rows in the running service, planned in the model first.
"""
