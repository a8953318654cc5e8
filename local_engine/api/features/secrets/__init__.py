"""Keys and passwords: kept by the operating system, or encrypted, or not at all."""
