"""`python -m cloud_api`: see `command`."""

import sys

from cloud_api.command import main

if __name__ == "__main__":
    sys.exit(main())
