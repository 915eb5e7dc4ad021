# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the scripts by hand share: their job, their retries, how they wait."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.config import Config

# Adaptive slows down to the rate at which AWS answers, so that no call runs out of attempts.
# https://boto3.amazonaws.com/v1/documentation/api/latest/guide/retries.html
CONFIG = Config(retries={"mode": "adaptive", "total_max_attempts": 50})


def job() -> dict[str, Any]:
    """The variables of the playbooks, from the file that the command line names."""
    return json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))


def until(look: Callable[[], Any], is_reached: Callable[[Any], bool] = bool) -> Any:
    """What a look found, once that is what was waited for."""
    while not is_reached(found := look()):
        time.sleep(0.2)
    return found
