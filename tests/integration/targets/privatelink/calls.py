# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Prints the operations that have changed something in the lab cloud since the last time."""

from __future__ import annotations

import json
import os
from urllib.request import Request, urlopen

CALLS = os.environ["AWS_ENDPOINT_URL"] + "/_lab/calls"
READING = ("Describe", "Get", "List", "AssumeRole")

with urlopen(CALLS) as response:
    print(*(call["operation"] for call in json.load(response) if not call["operation"].startswith(READING)))
with urlopen(Request(CALLS, method="DELETE")):
    pass
