# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""ACM as far as a certificate's names, status and use go, on moto's ACM.

A requested certificate is issued once the records that prove its names are in public DNS, not after a while.
https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""

from __future__ import annotations

from typing import Any

from moto.acm import models, urls
from moto.acm.exceptions import AWSError
from moto.elbv2.models import elbv2_backends

from .route53.lookups import public_values


class ResourceInUse(AWSError):
    TYPE = "ResourceInUseException"


class Certificate(models.CertBundle):
    """moto's, with the domain name first among its names."""

    @property
    def in_use_by(self) -> list[str]:
        """The load balancers that present it."""
        return [
            balancer.arn
            for _account, _region, backend in elbv2_backends.iter_backends()
            for balancer in backend.load_balancers.values()
            if any(self.arn in listener.certificates for listener in balancer.listeners.values())
        ]

    @in_use_by.setter
    def in_use_by(self, _nobody: list[str]) -> None:
        """moto's constructor begins with an empty list."""

    def check(self) -> None:
        """What becomes of its status by the next look at it."""
        if self.status != "PENDING_VALIDATION":
            super().check()
        elif all(self._is_proven(each["ResourceRecord"]) for each in self._validation_options()):
            self.status = "ISSUED"

    def _validation_options(self) -> list[dict[str, Any]]:
        return super().describe()["Certificate"].get("DomainValidationOptions", [])

    @staticmethod
    def _is_proven(record: dict[str, str]) -> bool:
        expected = record["Value"].rstrip(".")
        return expected in [value.rstrip(".") for value in public_values(record["Name"], record["Type"])]

    def describe(self) -> dict[str, Any]:
        described = super().describe()["Certificate"]
        others = sorted(set(self.sans) - {self.common_name})
        names = [self.common_name, *others] if self.common_name in self.sans else others
        described["SubjectAlternativeNames"] = described["SubjectAlternativeNameSummaries"] = names
        described["HasAdditionalSubjectAlternativeNames"] = False
        if self.type == "AMAZON_ISSUED":
            options = described["DomainValidationOptions"]
            described["DomainValidationOptions"] = sorted(options, key=lambda each: names.index(each["DomainName"]))
        if self.status == "PENDING_VALIDATION":
            del described["IssuedAt"]
        return {"Certificate": described}


class CertificateManagerBackend(models.AWSCertificateManagerBackend):
    """The state of one account in one region."""

    def delete_certificate(self, arn: str) -> None:
        if self.get_certificate(arn).in_use_by:
            raise ResourceInUse(f"Certificate {arn} in account {self.account_id} is in use.")
        super().delete_certificate(arn)


def install() -> None:
    """Put the lab's ACM in the place of moto's, before the first request; again makes no difference."""
    models.acm_backends.backend = CertificateManagerBackend
    # moto derives the URLs from the backend class's module, which is ours now.
    CertificateManagerBackend._url_module = urls
    # moto's factories look it up in their own module.
    models.CertBundle = Certificate
