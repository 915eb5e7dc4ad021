# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Domain names as Route 53 keeps them: in lower case, with the last dot, anything unusual as an octal escape.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
"""

from __future__ import annotations

import re
import string

from moto.route53.exceptions import Route53ClientError

_PLAIN = set(string.ascii_lowercase + string.digits + "-_.")
_ESCAPE = re.compile(r"\\([0-7]{3})|(.)", re.DOTALL)


def canonical(name: str) -> str:
    """``*.Example.com`` is kept, and answered, as ``\\052.example.com.``."""

    def kept(match: re.Match[str]) -> str:
        character = chr(int(match[1], 8)) if match[1] else match[2].lower()
        return character if character in _PLAIN else f"\\{ord(character):03o}"

    return _ESCAPE.sub(kept, name).removesuffix(".") + "."


def reversed_labels(name: str) -> str:
    """What names are sorted by: ``com.example.www`` for ``www.example.com.``."""
    return ".".join(reversed(name.removesuffix(".").split(".")))


def check_domain(name: str, private: bool) -> None:
    """Raise InvalidDomainName if no zone can have this name: a public one cannot be a top-level domain."""
    labels = name.removesuffix(".").split(".")
    if len(name) > 255 or not all(0 < len(label) <= 63 for label in labels) or len(labels) == 1 and not private:
        raise Route53ClientError("InvalidDomainName", f"{name} is not a valid domain name.")
