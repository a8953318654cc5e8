"""The cloud service: accounts, model keys, generation by models and shared metadata.

It imports ``local_engine.generator`` and ``local_engine.contracts`` as libraries, and nothing
else of the engine.
"""
