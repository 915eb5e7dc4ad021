# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""EC2 instances of the lab in virtual machines: each has what containers lack, a kernel, udev and PCI slots."""
