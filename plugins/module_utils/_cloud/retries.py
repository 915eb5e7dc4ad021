# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What may be sent again. The SDK's own retries are off: they repeat creations too, whose first answer was only lost.

A throttled call was not carried out and is always repeated. A read is repeated after any error that passes.
A change whose answer was lost is left to the engine, which looks before it decides.
"""

from __future__ import annotations

import random
import time

try:
    from botocore.exceptions import HTTPClientError
except ImportError:  # AnsibleAWSModule reports the missing library
    HTTPClientError = Exception

from .errors import code

# https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html, and what Route 53 asks to send again while it is busy with a zone:
# https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html
THROTTLED = {
    "RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException",
    "PriorRequestNotComplete", "ConcurrentModification",
}

# A bucket of EC2's refills at a few requests a second for all that the account runs: patience is what completes a large plan.
PATIENCE = 900
SHORTEST, LONGEST = 0.5, 4.0
READS = 6


def is_throttled(error: Exception) -> bool:
    return code(error) in THROTTLED


def is_uncertain(error: Exception) -> bool:
    """Whether the call may have been carried out: the connection broke, or the service failed."""
    if isinstance(error, HTTPClientError):
        return True
    status = getattr(error, "response", {}).get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 and not is_throttled(error)


def send(call, is_read: bool, clock=time.monotonic, sleep=time.sleep):
    """call(), repeated as far as that is safe, and for at most PATIENCE seconds."""
    deadline, pause, lost = clock() + PATIENCE, SHORTEST, 0
    while True:
        try:
            return call()
        except Exception as error:
            lost += is_uncertain(error)
            passes = is_throttled(error) or (is_read and is_uncertain(error) and lost < READS)
            if not passes or clock() > deadline:
                raise
        sleep(random.uniform(SHORTEST / 2, pause))
        pause = min(pause * 2, LONGEST)
