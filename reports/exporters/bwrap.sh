
# ---- From here on every such script is the same. ----
#
# Each path of the policy is looked at where the script runs, and becomes arguments of bwrap.  What
# is not there is left out.  Folders come first, the outer before the inner, then files.

# Says why, in characters that cannot harm a terminal.
pare_say() {
	printf 'pare: %s\n' "$1" | tr -c '[:print:]\n' '?' >&2
}

pare_fail() {
	pare_say "$1"
	exit 125
}

pare_put() {
	printf '%s\0' "$@" || pare_fail 'write the arguments of bwrap: no space left'
	pare_count=$((pare_count + $#))
}

# Whether path $1 is below folder $2 and its components begin as the other arguments say ('' is any
# name); what is left of it is in $pare_rest.
pare_begins() {
	case $1 in
	"$2"/*) pare_rest=${1#"$2"/} ;;
	*) return 1 ;;
	esac
	shift 2
	while [ $# -gt 0 ]; do
		[ -n "$pare_rest" ] || return 1
		[ -z "$1" ] || [ "$1" = "${pare_rest%%/*}" ] || return 1
		case $pare_rest in
		*/*) pare_rest=${pare_rest#*/} ;;
		*) pare_rest= ;;
		esac
		shift
	done
}

pare_fits() {
	pare_begins "$@" && [ -z "$pare_rest" ]
}

pare_below() {
	pare_begins "$@" && [ -n "$pare_rest" ]
}

# pare_expand VERB FOLDER NAME...: calls VERB for each path that is there; '' is any name.
pare_expand() {
	if [ $# -eq 2 ]; then
		"$1" "$2"
	elif [ -n "$3" ]; then
		pare_expand_at "$2/$3" "$@"
	else
		for pare_name in "$2"/* "$2"/.[!.]* "$2"/..?*; do
			if [ -e "$pare_name" ] || [ -L "$pare_name" ]; then
				pare_expand_at "$pare_name" "$@"
			fi
		done
	fi
}

pare_expand_at() {
	pare_path=$1 pare_verb=$2
	shift 4
	if [ $# -gt 0 ] && [ -L "$pare_path" ]; then
		return 0
	fi
	pare_expand "$pare_verb" "$pare_path" "$@"
}

# Whether no folder on the way to $1 is a symbolic link: below one it would be another file.
pare_plain() {
	pare_rest=${1%/*}
	[ "$pare_rest" != "$pare_checked" ] || return 0
	while [ -n "$pare_rest" ]; do
		if [ -L "$pare_rest" ]; then
			pare_say "$1: not granted, because $pare_rest is a symbolic link"
			return 1
		fi
		pare_rest=${pare_rest%/*}
	done
	pare_checked=${1%/*}
}

# Whether $1 is a folder whose names come and go.  One that cannot be listed cannot be masked.
pare_is_room() {
	[ -d "$1" ] && [ ! -L "$1" ] && [ -r "$1" ] && [ -x "$1" ] && pare_room_has "$1"
}

# Whether $1 stands in a folder that is there already, and writable.
pare_stands() {
	pare_is_room "${1%/*}" || pare_open_has "$1"
}

pare_mask() {
	if [ -d "$1" ]; then
		pare_put --perms 0000 --tmpfs "$1" --remount-ro "$1"
	else
		# bwrap binds without devices, so nobody can open it, not even root.
		pare_put --ro-bind /dev/null "$1"
	fi
}

# A folder that shows only what is put into it; sealed when all is there.
pare_hollow() {
	pare_put --perms 0755 --tmpfs "$1"
	printf '%s\0' --remount-ro "$1" >&4 || pare_fail 'write the arguments of bwrap: no space left'
	pare_count=$((pare_count + 2))
}

# Decides what becomes of $1, which a room holds.  A symbolic link cannot be masked.
pare_cover() {
	if [ -L "$1" ] || [ ! -e "$1" ] || pare_free_has "$1" || pare_edit_has "$1" ||
		pare_is_room "$1" || pare_open_has "$1"; then
		return 0
	elif pare_tree_has "$1"; then
		pare_put --ro-bind "$1" "$1"
	elif [ ! -d "$1" ]; then
		pare_read_has "$1" || pare_glance_has "$1" || pare_mask "$1"
	elif ! pare_open_has "$1/." && ! pare_tree_has "$1/."; then
		if pare_way_has "$1" || pare_read_has "$1" || pare_glance_has "$1"; then
			pare_hollow "$1"
		else
			pare_mask "$1"
		fi
	fi
}

# Whether the folder $1 is there and its turn has come: those with $pare_depth slashes.
pare_turn() {
	pare_rest=$1 pare_slashes=0
	while [ "$1" != / ]; do
		case $pare_rest in
		*/*) pare_rest=${pare_rest#*/} pare_slashes=$((pare_slashes + 1)) ;;
		*) break ;;
		esac
	done
	[ "$pare_slashes" -le "$pare_deepest" ] || pare_deepest=$pare_slashes
	[ "$pare_slashes" -eq "$pare_depth" ] && [ -d "$1" ] && [ ! -L "$1" ] && pare_plain "$1"
}

pare_do_tree() {
	if pare_turn "$1" && ! pare_open_has "$1"; then
		pare_put --ro-bind "$1" "$1"
	fi
}

pare_do_open() {
	if pare_turn "$1" && ! pare_stands "$1"; then
		pare_put --bind "$1" "$1"
	fi
}

pare_do_room() {
	pare_turn "$1" || return 0
	if ! pare_is_room "$1"; then
		pare_say "$1: not writable, because it cannot be listed"
		return 0
	fi
	pare_before=$pare_count
	pare_stands "$1" || pare_put --bind "$1" "$1"
	for pare_name in "$1"/* "$1"/.[!.]* "$1"/..?*; do
		pare_cover "$pare_name"
	done
	if [ $((pare_count - pare_before)) -gt "$pare_most" ]; then
		pare_most=$((pare_count - pare_before)) pare_fullest=$1
	fi
}

# Makes the same symbolic link, which grants nothing by itself.
pare_link() {
	if pare_stands "$1" || pare_tree_has "$1"; then
		return 0
	fi
	case $pare_links in
	*"//$1//"*) return 0 ;;
	esac
	pare_links="$pare_links//$1//"
	pare_target=$(readlink -- "$1" && printf x) || return 0
	pare_put --symlink "${pare_target%?x}" "$1"
}

# Whether $1 is no file, or there as it should be.
pare_done() {
	if [ -L "$1" ]; then
		! pare_plain "$1" || pare_link "$1"
		return 0
	elif [ ! -e "$1" ] || ! pare_plain "$1" || pare_open_has "$1"; then
		return 0
	elif [ -d "$1" ]; then
		pare_tree_has "$1" || pare_stands "$1" || pare_is_room "$1" || pare_put --dir "$1"
	else
		pare_free_has "$1" && pare_stands "$1"
	fi
}

pare_do_edit() {
	pare_done "$1" || pare_put --bind-try "$1" "$1"
}

pare_do_read() {
	pare_done "$1" || pare_edit_has "$1" || pare_put --ro-bind-try "$1" "$1"
}

# A file is private that neither its group nor others may read.
pare_do_glance() {
	if pare_done "$1" || pare_edit_has "$1"; then
		return 0
	elif [ -n "$(find "$1" -prune ! -perm -040 ! -perm -004)" ]; then
		pare_mask "$1"
	else
		pare_put --ro-bind-try "$1" "$1"
	fi
}

pare_do_hide() {
	pare_done "$1" || pare_edit_has "$1" || pare_mask "$1"
}

pare_do_device() {
	if [ -c "$1" ] || [ -b "$1" ]; then
		[ -L "$1" ] || pare_put --dev-bind-try "$1" "$1"
	fi
}

pare_folders() {
	pare_depth=0 pare_deepest=0 pare_most=0 pare_fullest=
	while [ "$pare_depth" -le "$pare_deepest" ]; do
		pare_each_tree pare_do_tree
		pare_each_open pare_do_open
		pare_each_room pare_do_room
		pare_depth=$((pare_depth + 1))
	done
}

# Writes the arguments of bwrap to the standard output and those that must come last to 4.
# $1: whether a terminal is there; $2: how many words COMMAND has.
pare_build() {
	LC_ALL=C
	pare_count=$2 pare_checked=// pare_links=
	pare_put --unshare-user --unshare-ipc --unshare-pid --unshare-uts --unshare-cgroup-try \
		--die-with-parent --cap-drop ALL
	[ "$pare_nested" = yes ] || pare_put --disable-userns
	[ "$pare_network" = yes ] || pare_put --unshare-net
	# In a session of its own COMMAND cannot type into the terminal it came from (TIOCSTI), but it
	# has no job control either.  So it stays where the kernel refuses such typing (Linux 6.2).
	if [ "$1" = no ] || [ "$(cat /proc/sys/dev/tty/legacy_tiocsti 2>&1)" != 0 ]; then
		pare_put --new-session
	fi
	for pare_name in /bin /sbin /lib /lib32 /lib64 /libx32; do
		case $(readlink -- "$pare_name") in
		usr/* | /usr/*) pare_link "$pare_name" ;;
		esac
	done
	pare_folders
	[ "$pare_proc" = no ] || pare_put --proc /proc
	[ "$pare_devices" = no ] || pare_put --dev /dev
	pare_each_edit pare_do_edit
	pare_each_read pare_do_read
	pare_each_glance pare_do_glance
	pare_each_hide pare_do_hide
	pare_each_device pare_do_device
	pare_put --dir "$pare_ws" --remount-ro / --chdir "$pare_ws"
	# Its own limit counts COMMAND and the five words before it.
	if [ $((pare_count + 5)) -gt 9000 ]; then
		pare_say "run the sandbox: it takes $pare_count arguments, and bwrap takes 9000"
		[ "$pare_most" -lt 3000 ] ||
			pare_say "$pare_fullest alone takes $pare_most: tidy it, or let TMPDIR or PARE_WS be a folder of its own"
		exit 125
	fi
}

# Prints the physical path of folder $1 and an x, because a name may end with newlines.
pare_physical() {
	case $1 in
	/*) CDPATH='' cd -P -- "$1" ;;
	*) CDPATH='' cd -P -- "./$1" ;;
	esac && pwd -P && printf x
}

# Finds a root; one that may not be used leads to nothing.  A policy need not name each of them.
pare_root() {
	pare_path=$(pare_physical "$1" 2>/dev/null) && pare_path=${pare_path%?x} &&
		[ "$pare_path" != / ] || pare_path=/dev/null/none
}

[ $# -gt 0 ] || {
	pare_say 'name the command to run: sh policy.sh COMMAND [ARG...]'
	exit 2
}
command -v bwrap >/dev/null || pare_fail 'run bwrap: it is not installed (Debian: bubblewrap)'
pare_root "${PARE_WS:-.}"
pare_ws=$pare_path
[ "$pare_ws" != /dev/null/none ] ||
	pare_fail 'use the workspace: PARE_WS, else the current folder, must be a folder other than /'
pare_root "${HOME:-/}"
# shellcheck disable=SC2034
pare_home=$pare_path
pare_root "${TMPDIR:-/tmp}"
# shellcheck disable=SC2034
pare_tmp=$pare_path

pare_terminal=no
if [ -t 0 ] || [ -t 1 ] || [ -t 2 ]; then
	pare_terminal=yes
fi
pare_folder=$(mktemp -d) || pare_fail 'make a temporary folder: see above'
(pare_build "$pare_terminal" $#) >"$pare_folder/first" 4>"$pare_folder/last" &&
	cat "$pare_folder/last" >>"$pare_folder/first" && exec 9<"$pare_folder/first"
pare_status=$?
rm -rf -- "$pare_folder"
[ "$pare_status" = 0 ] || exit "$pare_status"
if [ -n "${PARE_SHOW:-}" ]; then
	exec tr '\0' '\n' <&9
fi
exec bwrap --args 9 -- "$@"
