"""What a language model does for the generator, behind providers that can be exchanged.

A host (the engine with the user's key or a local server, the cloud with keys of its own) gives it
providers; it knows the Blueprint and nothing else of ours.
"""
