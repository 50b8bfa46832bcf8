#!/bin/sh
# make bench: how much longer programs take when they are recorded.  Each workload runs native, under
# `pare record`, the same without the right to capture packets (root only), under `pare record --strict`
# and under strace with the same calls, interleaved in rounds; printed are medians of the paired ratios to
# native, of the agent's own time and of the whole command, and the share of accesses that took no stop.
# Also written to build/bench.json.
#   ROUNDS=5 WORKLOADS="git compile" MODES="native pare" CPU=0 tests/bench/run.sh
cd "$(dirname "$0")/../.." || exit 1
exec perl tests/bench/compare.pl "$@"
