"""`python -m local_engine`: the local engine as a process."""

import sys

from local_engine.api.process.main import main

if __name__ == "__main__":
    sys.exit(main())
