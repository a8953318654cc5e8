"""Becomes another command when whoever started it has ended. Standard library only.

`lifeline.py COMMAND ...` waits for the end of its standard input, a pipe that ends together with
the process at its other end, whatever ended that. Killing the lifeline calls the command off.
"""

import os
import sys

if __name__ == "__main__":
    while os.read(0, 4096):
        pass
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - no shell is wanted
