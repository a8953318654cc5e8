"""The models that cross the wire between the engine and the cloud.

Pydantic and the standard library only, so that both sides can import them. Requests forbid unknown
fields (a misspelt one must not be ignored in silence); answers tolerate them (a newer cloud may say
more than an older engine knows).
"""
