#!/bin/sh
# `pare import --from seccomp`: which facilities of the kernel a filter of calls leaves.
. "$(dirname "$0")/lib.sh"
unset XDG_DATA_HOME
python3 "$root/tests/exporters/policies.py" "$dir" || exit 1

grants() {
	timeout 20 "$PARE" import --from seccomp --agent demo -o "$dir/got.xml" "$1" 2>"$dir/notes" && "$PARE" show -b "$dir/got.xml" >"$dir/got"
}
has() {
	for line; do grep -qxF -- "$line" "$dir/got" || echo "not granted: $line"; done >"$dir/found"
}
lacks() {
	for line; do ! grep -qF -- "$line" "$dir/got" || echo "granted: $line"; done >"$dir/found"
}

# In the shape of Docker's own profile.
cat >"$dir/docker.json" <<'END'
{ "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "colour": 1,
  "archMap": [{ "architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"] }],
  "syscalls": [
    { "names": ["read", "openat", "execve", "connect", "sendto", "unlink", "kill", "memfd_secret", "no_such_call"], "action": "SCMP_ACT_ALLOW" },
    { "names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 0, "value": 40, "op": "SCMP_CMP_NE" }] },
    { "names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": { "minKernel": "4.8" } },
    { "names": ["kexec_load"], "action": "SCMP_ACT_ALLOW", "includes": { "minKernel": "99.0" } },
    { "names": ["quotactl"], "action": "SCMP_ACT_ALLOW", "includes": { "arches": ["s390"] } },
    { "names": ["mount", "umount2", "bpf"], "action": "SCMP_ACT_ALLOW", "includes": { "caps": ["CAP_SYS_ADMIN"] } },
    { "names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 0, "value": 2114060288, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" }] },
    { "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38 },
    { "names": ["reboot"], "action": "SCMP_ACT_NOTIFY" },
    { "names": ["acct"], "action": "SCMP_ACT_ALLOW", "mood": "good" },
    { "action": "SCMP_ACT_ALLOW" }
  ] }
END
ok "a profile of Docker's shape" grants "$dir/docker.json"
has 'kernel use accounting' 'kernel use bpf' 'kernel use mount' 'kernel use netlink' 'kernel use secret-memory' 'program exec /**' \
	'file delete /**' 'host connect {any:1-255}/{any:1-255}' 'socket connect /**' 'process trace /**' 'process signal /**'
clean "what it lets through is granted"
lacks 'kernel use kexec' 'kernel use namespace' 'kernel use quota' 'kernel use reboot' 'kernel use io_uring' 'file rename' 'host bind' 'kernel use kvm'
clean "what it does not is not"
for text in "colour: it is no part of a filter" "no_such_call: no system call has that name" "mood: it is no part of a rule" \
	"SCMP_ACT_NOTIFY: another program decides" "SCMP_ACT_ALLOW: a rule has to name calls" "wider    mount: only with some arguments, or with a capability"; do
	grep -qF -- "$text" "$dir/notes" || echo "no note: $text"
done >"$dir/found"
clean "what is not read, or is less, is noted"
says "it has a say in facilities alone" "permissions granted; nothing else of kernel;" "$dir/notes"
grep -q ' openat:\| read:' "$dir/notes" && cp "$dir/notes" "$dir/kept"
ok "what grants nothing is no note" test ! -e "$dir/kept"

cat >"$dir/open.json" <<'END'
{ "linux": { "seccomp": { "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
  { "name": "io_uring_setup", "action": "SCMP_ACT_ALLOW" },
  { "names": ["mount", "umount2"], "action": "SCMP_ACT_ERRNO" },
  { "names": ["unshare", "setns", "clone3"], "action": "SCMP_ACT_ERRNO" },
  { "names": ["clone"], "action": "SCMP_ACT_ERRNO", "args": [{ "index": 0, "value": 268435456, "valueTwo": 268435456, "op": "SCMP_CMP_MASKED_EQ" }] },
  { "names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": [{ "index": 0, "value": 2, "op": "SCMP_CMP_EQ" }] },
  { "names": ["socket"], "action": "SCMP_ACT_KILL_PROCESS", "args": [{ "index": 0, "value": 10, "op": "SCMP_CMP_EQ" }] } ] } } }
END
ok "one that refuses, in a runtime's config.json" grants "$dir/open.json"
has 'kernel use io_uring' 'kernel use mount' 'kernel use kvm' 'kernel use raw-socket' 'socket connect /**'
clean "leaves all else"
lacks 'host ' 'kernel use namespace'
clean "but not what is refused, by arguments neither"
says "some of the calls of a facility are left" "wider    mount: only some of its calls are allowed" "$dir/notes"
says "the rest of the file is named" "unread   of a container's configuration only linux.seccomp is read" "$dir/notes"

while read -r text; do
	printf '%s' "$text" >"$dir/bad.json"
	status "broken: $text" 1 "$PARE" import --from seccomp --agent demo "$dir/bad.json"
	says "is refused by name" "bad.json" "$dir/err"
done <<'END'
{
[]
{}
{ "defaultAction": 3 }
{ "defaultAction": "ALLOW" }
{ "defaultAction": "SCMP_ACT_ALLOW", "defaultAction": "SCMP_ACT_ERRNO" }
END
printf '{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ 1, [], {}, { "names": [1, null], "action": 2, "args": 7 }, { "names": "x" }, { "names": ["mount"], "action": "SCMP_ACT_ERRNO", "args": [{}, 1, { "index": -1 }, { "index": 1e99 }] } ] }' >"$dir/odd.json"
ok "nonsense within is noted" grants "$dir/odd.json"

# With roots that have a name: `/**` is none of theirs.
sed -i 's,<pattern>$WS/,<pattern>/srv/ws/,; s,<pattern>$HOME/,<pattern>/home/u/,' "$dir"/??.xml
for policy in "$dir"/??.xml; do
	timeout 60 perl "$root/tests/round_trip.pl" "$PARE" seccomp "$policy" "$dir" 2>&1 | sed "s,^,$policy: ,"
	grep ^unread "$dir/import.err"
done >"$dir/found"
clean "20 policies come back but for what their losses say"
finish
