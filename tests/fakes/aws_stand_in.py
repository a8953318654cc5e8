"""A stand-in for AWS on loopback: moto's server, and the one call that Terraform needs beside it.

`python aws_stand_in.py PORT`. It keeps everything in memory and checks no signature.
"""

from __future__ import annotations

import json
import sys

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.server import main


def list_tags_for_resource(_: ApplicationAutoScalingResponse) -> str:
    """No tags: moto keeps none for what scales."""
    return json.dumps({"Tags": {}})


if __name__ == "__main__":
    ApplicationAutoScalingResponse.list_tags_for_resource = (  # type: ignore[attr-defined]
        list_tags_for_resource
    )
    main(["--host", "127.0.0.1", "--port", sys.argv[1]])
