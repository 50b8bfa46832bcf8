#!/bin/sh
# Every system call of the kernel's own lists (linux-libc-dev) is recorded or known to be harmless,
# for each way into the kernel; and no name in our tables is a slip of the pen.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
folder=/usr/include/$(gcc -print-multiarch 2>/dev/null)/asm
[ -e "$folder/unistd_64.h" ] || folder=/usr/include/asm
grep -o '^CALL([a-z0-9_]*' recorder/calls/syscalls.def | sed 's/CALL(//' | sort >"$dir/recorded"
grep -o 'HARMLESS([a-z0-9_]*' recorder/calls/harmless.def | sed 's/HARMLESS(//' | sort >"$dir/harmless"
sort -u "$dir/recorded" "$dir/harmless" >"$dir/known"
sed -n 's/^NUMBER(\([0-9]*\), \([a-z0-9_]*\))/\2 \1/p' recorder/calls/newer.def | sort >"$dir/newer"

for list in unistd_64.h unistd_x32.h unistd_32.h; do
	if [ ! -e "$folder/$list" ]; then
		skip "every call of $list is in a table" "there is no $folder/$list"
		continue
	fi
	sed -nE 's/^#define __NR_([a-z0-9_]+) \(?(__X32_SYSCALL_BIT \+ )?([0-9]+)\)?$/\1 \3/p' "$folder/$list" |
		sort >"$dir/numbers.$list"
	cut -d ' ' -f 1 "$dir/numbers.$list" >"$dir/names"
	cat "$dir/names" >>"$dir/all"
	ok "$list: there are calls in it" test "$(wc -l <"$dir/names")" -gt 300
	comm -23 "$dir/names" "$dir/known" |
		sed "s,.*,recorder/calls: & of $list is neither in syscalls.def nor in harmless.def," >"$dir/found"
	clean "every call of $list is in a table"
	ours=NUMBER
	[ "$list" = unistd_32.h ] && ours='NUMBER(_I386)?'
	grep -E "^$ours\\(" recorder/calls/newer.def | sed 's/.*(\([0-9]*\), \([a-z0-9_]*\))/\2 \1/' |
		sort >"$dir/newer.list"
	join "$dir/newer.list" "$dir/numbers.$list" | awk -v list="$list" '$2 != $3 {
		print "recorder/calls/newer.def: " $1 " is " $2 ", but " $3 " in " list }' >"$dir/found"
	clean "the numbers in newer.def are those of $list"
done

comm -12 "$dir/recorded" "$dir/harmless" | sed 's,$, is in syscalls.def and in harmless.def,' >"$dir/found"
clean "no call is in both tables"

# The operations of io_uring are the places in an enumeration of the kernel's header.
header=/usr/include/linux/io_uring.h
if [ -e $header ]; then
	sed -n '/^enum io_uring_op {/,/^};/s/^[[:space:]]*IORING_OP_\([A-Z0-9_]*\),.*/\1/p' $header | grep -vx LAST |
		awk '{ print NR - 1, $1 }' | sort >"$dir/operations"
	ok "$header: there are operations in it" test "$(wc -l <"$dir/operations")" -gt 40
	grep -oE '\<(AS|QUIET|UNSEEN)\([0-9]+, *[A-Z0-9_]+' recorder/calls/uring.def |
		sed -E 's/.*\(([0-9]+), */\1 /' | sort >"$dir/known"
	comm -23 "$dir/operations" "$dir/known" |
		sed "s,.*,recorder/calls/uring.def: no operation & as $header has it," >"$dir/found"
	clean "every operation of $header is in uring.def, by its number"
else
	skip "every operation of io_uring is in uring.def" "there is no $header"
fi
sort -u "$dir/recorded" "$dir/harmless" >"$dir/known"

# A slip has no number at all: neither in libseccomp, which has the numbers of every architecture,
# nor among those that are newer than it.
cat >"$dir/number.c" <<'END'
#include <seccomp.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	char name[128];

	while (fgets(name, sizeof name, stdin)) {
		name[strcspn(name, "\n")] = '\0';
		if (seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR)
			puts(name);
	}
	return 0;
}
END
ok "the library of numbers is there" gcc -o "$dir/number" "$dir/number.c" -lseccomp
{ cut -d ' ' -f 1 "$dir/newer"; echo old_mmap; } | sort >"$dir/named" # by us: i386 says mmap, too
"$dir/number" <"$dir/known" | sort | comm -23 - "$dir/named" |
	sed 's,.*,recorder/calls: & is no system call,' >"$dir/found"
clean "every name in the tables is that of a system call"
finish
