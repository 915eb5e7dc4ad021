# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``python -m lab.fabric``: build the network that AWS accounts describe and follow it until interrupted."""

from __future__ import annotations

import argparse
import ipaddress
import signal
import sys

import boto3
from botocore.exceptions import BotoCoreError

from lab.fabric import Fabric, FabricError, host, names


def main() -> int:
    arguments = _arguments()
    if reason := host.obstacle():
        print(f"lab.fabric: {reason}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sessions = [boto3.Session(profile_name=name) for name in arguments.profile]
        with Fabric(
            arguments.endpoint_url, arguments.region, arguments.corporate_address, _say, sessions
        ) as fabric:
            _say("the fabric stands; interrupt it to take it down")
            fabric.wait()
    except (FabricError, BotoCoreError) as error:
        print(f"lab.fabric: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lab.fabric", description=__doc__)
    parser.add_argument("--endpoint-url", help="the endpoint of every service (default: as boto3 finds them)")
    parser.add_argument("--region", help="default: as boto3 finds it, else us-east-1")
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        help="an account, as a profile of the AWS CLI; again for each other one (default: as boto3 finds one)",
    )
    parser.add_argument(
        "--corporate-address",
        type=_address,
        default=names.CORPORATE_ADDRESS,
        help="the corporate network's own address on the Internet (default: %(default)s)",
    )
    return parser.parse_args()


def _address(value: str) -> str:
    try:
        return str(ipaddress.IPv4Address(value))
    except ValueError:
        example = names.CORPORATE_ADDRESS
        raise argparse.ArgumentTypeError(f"{value!r} is not an IPv4 address such as {example}") from None


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
