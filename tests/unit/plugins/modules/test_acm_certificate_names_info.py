# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._reconcile.run import BadInput
from ansible_collections.xeni.aws.plugins.modules.acm_certificate_names_info import check


def test_only_certificates_of_acm_are_asked_for():
    check(["arn:aws:acm:eu-central-1:012345678901:certificate/0a1b", "arn:aws-us-gov:acm:us-gov-west-1:012345678901:certificate/0a1b"])
    with pytest.raises(BadInput, match="certificate_arns: 'api.example.com' is no ARN.*\n.*'arn:aws:iam::012345678901:server-certificate/x'"):
        check(["api.example.com", "arn:aws:iam::012345678901:server-certificate/x"])
