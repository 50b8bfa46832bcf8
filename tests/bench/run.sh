#!/bin/sh
# make bench: how much longer programs take when they are recorded.  Each workload runs native,
# under `pare record`, and under strace with the same calls, interleaved in rounds; printed are
# the medians of the paired ratios to native.  Also written to build/bench.json.
#   ROUNDS=5 WORKLOADS="git compile" tests/bench/run.sh
cd "$(dirname "$0")/../.." || exit 1
exec perl tests/bench/compare.pl "$@"
