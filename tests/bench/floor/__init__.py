# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""``python -m bench.floor.NAME JOB``: a job by hand with boto3, in the fewest calls that still make it safe to repeat.

Each looks first; it knows nothing of check mode, of other parameters, or of what AWS would refuse.
"""
