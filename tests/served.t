#!/bin/sh
# A file system whose server is no part of the agent, and never answers: who asks it waits, and can
# be killed; the recorder does not wait with him.  tests/calls has what the agent itself serves.
. "$(dirname "$0")/lib.sh"
cd "$dir" || exit 1
mkdir mnt && : >beside
# Nobody can stop the thread that waits, which is what the search for leaks wants.
export ASAN_OPTIONS=detect_leaks=0

"$BUILD/tests/calls/served" hold >mounted 2>why &
server=$!
trap 'kill -9 $server 2>/dev/null; umount -l "$dir/mnt" 2>/dev/null; rm -rf "$dir"' EXIT
for i in 1 2 3 4 5 6 7 8 9 10; do
	[ -s mounted ] || [ -s why ] || sleep 0.2
done
if [ -s mounted ]; then
	for how in --strict --quiet; do
		status "$how: the agent ends as without us" 3 timeout -k 1 60 "$PARE" record $how --quiet -- \
			sh -c 'timeout -s KILL 0.3 stat "$PWD/mnt/never"; cat beside; exit 3'
		"$PARE" dump last | jq -r '[.resource, .action, .name, .outcome] | join(" ")' >got
		says "$how: who was killed is in the evidence" "file stat $dir/mnt/never unknown" got
		says "$how: what came after it, too" "file read $dir/beside ok" got
		"$PARE" show last --json | jq -r '.not_seen[] | .kind, .first_detail' >gaps
		says "$how: that it was not looked at is a gap" "served" gaps
		says "$how: and where" "files: $dir/mnt" gaps
	done
else
	skip "a file system that never answers" "$(cat why)"
fi
finish
