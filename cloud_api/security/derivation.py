"""Keys for one purpose each, from the platform's secret (HKDF, RFC 5869, with SHA-256).

So a key that leaks tells nothing of the others, and no purpose ever uses the secret itself.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_CONTEXT = "backend-generator cloud: "
_KEY_BYTES = 32
_ID_BYTES = 6


def derive_key(secret: str, purpose: str) -> bytes:
    """The 256-bit key of a secret for a purpose; the same whenever it is asked for."""
    info = (_CONTEXT + purpose).encode()
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(secret.encode())


def key_id(secret: str, purpose: str) -> str:
    """A short public name of the key of a secret for a purpose: tells keys apart, and no more."""
    return derive_key(secret, f"the name of the key for {purpose}")[:_ID_BYTES].hex()
