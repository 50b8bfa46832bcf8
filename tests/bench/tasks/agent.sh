#!/bin/sh
# The agent of fixtures/: counts what was sold that day, edits a file, or tidies up.
. "$TASKS/lib.sh"

case $1 in
setup)
	"$TASKS/../../../fixtures/setup.sh" .
	for line in 1 2 3 4; do
		echo "$(one "$line" tea bread milk rice),$(($(pick "$line" 40) + 1))" >>workspace/data/sales.csv
	done
	;;
run)
	export GIT_AUTHOR_DATE="$(day)T10:00:00Z" GIT_COMMITTER_DATE="$(day)T10:00:00Z"
	case $VARIANT in
	0) exec agent report ;;
	1) exec agent greet ;;
	2) exec agent tidy ;;
	esac
	;;
esac
