#!/bin/sh
# slow
# Adding one thing touches one row and at most one new file.  In a copy of the tree one of each
# kind is added, and everything is built and shown at work.
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL SAN CC CFLAGS
copy=$dir/copy
mkdir "$copy"
# With the objects that are built already: times are kept, so make builds only what changes.
(cd "$root" && tar -c --exclude=./.git --exclude='./build*' .) | tar -x -C "$copy"
case $BUILD in
"$root"/build) # another folder's objects belong to another compiler
	mkdir "$copy/build"
	for part in main.o main.d core recorder analyzer reports; do
		[ ! -e "$BUILD/$part" ] || cp -a "$BUILD/$part" "$copy/build/"
	done
	;;
esac
cd "$copy" || exit 1

listing() {
	find . -type f -not -path './build/*' -exec sha256sum {} + | sort -k 2
}

# plant KIND TABLE ROW [FILE]: adds ROW behind the last row of TABLE, and FILE from $dir/new.
plant() {
	listing >"$dir/before"
	last=$(grep -nE '^[A-Z_]+\(' "$2" | tail -n 1 | cut -d: -f1)
	printf '%s\n' "$3" | sed -i "${last:-\$}r /dev/stdin" "$2"
	[ $# -lt 4 ] || cp "$dir/new" "$4"
	listing >"$dir/after"
	diff "$dir/before" "$dir/after" | sed -n 's/^> [0-9a-f]*  //p' >"$dir/touched"
	printf '%s\n' "./$2" ${4:+"./$4"} | sort >"$dir/wanted"
	same "$1 takes one row${4:+ and one file}" "$dir/wanted" "$dir/touched"
}

build() {
	if make -j2 --no-print-directory all >"$dir/make.out" 2>&1; then
		pass "$1"
	else
		grep -vE '^  (CC|LD)' "$dir/make.out" >"$dir/make.why"
		fail "$1" "$dir/make.why"
		finish
	fi
}

# A call that is in no table is a gap; a row makes it evidence.
log_size="perl -e 'syscall(103, 10, 0, 0)'" # syslog(2): the size of the kernel's log
row=$(grep '^CALL(syslog,' recorder/calls/syscalls.def)
sed -i '/^CALL(syslog,/d' recorder/calls/syscalls.def
build "the copy builds without a row for syslog"
if [ "$(uname -m)" = x86_64 ]; then
	status "a call without a row" 0 build/pare record --quiet -- sh -c "$log_size"
	build/pare dump last >"$dir/dump"
	says_not "is no access" '"name":"kernel-log"' "$dir/dump"
	build/pare show last >"$dir/show"
	says "but a gap" "not in the table" "$dir/show"
else
	skip "a call without a row" "the numbers here are those of x86-64"
fi

plant "a system call" recorder/calls/syscalls.def "$row"
plant "a request of ioctl(2)" recorder/calls/ioctls.def \
	'IOCTL(TCGETS, 0x5401, KERNEL, USE, facility, NONE, NONE, NONE, "planted-request")'

cat >"$dir/new" <<'END'
#include "core/command.h"

int command_hello(int argc, char **argv, const struct house *house)
{
	static const struct argp argp = { .doc = "Greet." };

	(void)house;
	command_parse(&argp, argc, argv, NULL);
	puts("hello");
	return COMMAND_DONE;
}
END
plant "a command" core/commands.def 'COMMAND(hello, "", "greet")' reports/command_hello.c

cat >"$dir/new" <<'END'
#include "reports/exporters/exporters.h"

#include "core/policy.h"

int export_count(const struct policy *policy, struct buffer *out, struct losses *losses,
		 struct error *err)
{
	(void)losses;
	(void)err;
	buffer_printf(out, "permissions: %zu\n", policy->count);
	return buffer_status(out);
}
END
plant "an exporter" reports/exporters/exporters.def 'EXPORTER(count, 0, "how many permissions")' \
	reports/exporters/export_count.c

cat >"$dir/new" <<'END'
#include "reports/html/parts.h"
#include "reports/html/sections.h"

int section_weekday(const struct report_model *model, struct element *into)
{
	part_answer(into, "%zu runs, whatever the day.", model->run_count);
	return 0;
}
END
plant "a section of the report" reports/html/sections.def \
	'SECTION(weekday, ALWAYS, "Days of the week", "When does it work?")' reports/html/section_weekday.c

cat >"$dir/new" <<'END'
#include "reports/companions/companions.h"

int companion_sum(struct edition *edition, FILE *out, struct error *err)
{
	scoped(buffer) struct buffer text = { 0 };

	buffer_printf(&text, "%d runs\n", (int)edition->runs);
	return companion_put(&text, out, err);
}
END
plant "a format of the report" reports/companions/companions.def \
	'COMPANION(sum, "sum", "sum.txt", OTHERS, "how many runs")' reports/companions/sum.c

build "the copy builds with all of them"
status "the command runs" 0 build/pare hello
says "and does its work" hello "$dir/out"
build/pare --help >"$dir/help"
says "and is in the list of commands" "greet" "$dir/help"
if [ "$(uname -m)" = x86_64 ]; then
	status "the call with its row" 0 build/pare record --quiet -- sh -c "$log_size"
	build/pare dump last >"$dir/dump"
	says "is an access" '"name":"kernel-log"' "$dir/dump"
	build/pare show last >"$dir/show"
	says_not "and no gap" "not in the table" "$dir/show"
	status "the request with its row" 0 build/pare record --quiet -- \
		perl -e 'ioctl STDIN, 0x5401, my $answer = "\0" x 64'
	build/pare dump last >"$dir/dump"
	says "is an access" '"name":"planted-request"' "$dir/dump"
fi

build/pare record --quiet --agent planted -- cat /etc/passwd >/dev/null
build/pare propose --quiet --agent planted -o "$dir/policy.xml"
status "the exporter runs" 0 build/pare export --to count "$dir/policy.xml"
says "and does its work" "permissions: $(grep -c '<rule ' "$dir/policy.xml")" "$dir/out"
status "the report with its section is written" 0 \
	build/pare report --agent planted -o "$dir/report.html"
says "the section has its heading" "Days of the week" "$dir/report.html"
says "and says what it has to say" "1 runs, whatever the day." "$dir/report.html"
status "the format of the report is written" 0 build/pare report --agent planted --format sum
says "and does its work" "1 runs" "$dir/out"
finish
