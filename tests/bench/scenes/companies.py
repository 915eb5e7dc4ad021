# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""``python -m bench.scenes.companies``: a provider's load balancer, a consumer's VPC, as JSON."""

from __future__ import annotations

import json
import os
from typing import Any

from lab.demo.companies import SECRET, Company

# The consumer is the account of the environment's own credentials, too.
PROVIDER, CONSUMER = "444455556666", "123456789012"
ZONE_IDS = ("euw1-az1", "euw1-az2")
LOAD_BALANCER, GROUP = "api", "api-endpoint"


def main() -> None:
    provider, consumer = _company(PROVIDER), _company(CONSUMER)
    provider.load_balancer(LOAD_BALANCER, {443: 8443}, [])
    print(json.dumps({
        "provider": _of(provider) | {"load_balancer": LOAD_BALANCER},
        "consumer": _of(consumer) | {"security_group": GROUP, "group_id": consumer.group(GROUP, 443)},
    }))


def _company(account: str) -> Company:
    return Company(account, os.environ["AWS_ENDPOINT_URL"], os.environ["AWS_REGION"], ZONE_IDS)


def _of(company: Company) -> dict[str, Any]:
    return {
        "account": company.account,
        "credentials": {"access_key": company.account, "secret_key": SECRET},
        "vpc_id": company.vpc,
        "subnet_ids": list(company.subnets.values()),
    }


if __name__ == "__main__":
    main()
