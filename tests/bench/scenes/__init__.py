# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""``python -m bench.scenes.NAME N``: what there is before a job with N objects; it prints what the job needs of it.

One line of JSON. A scene with a ``client`` in it, {prefix: of a client's command line, environment: that it has beside
the lab cloud's}, stays until its standard input ends. For each line there it prints the calls since the line before.
"""
