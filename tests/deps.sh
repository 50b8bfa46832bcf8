#!/bin/sh
# Says which Debian packages are missing, or installs them.
#   deps.sh check|install build|demo|test|extended
set -u
build="gcc make pkg-config libsqlite3-dev libxml2-dev libplot-dev libseccomp-dev libgnutls28-dev
       libjansson-dev libnghttp2-dev libpcap-dev libpsl-dev uthash-dev"
demo="$build bubblewrap git curl python3"
tests="$demo clang clang-format cppcheck pmccabe valgrind strace perl libcmocka-dev libxml2-utils
       jq sqlite3 nodejs procps tidy shellcheck gcc-multilib rsync gdb openssh-client openssl iproute2 wget tshark
       tcpdump musl-tools nftables ngtcp2-client ngtcp2-server apparmor firejail systemd python3-seccomp python3-jsonschema socat ripgrep"
# Parsers of enforcers, and what looks at pages, that come from npm: what takes them says so where they are not there.
npm="@cedar-policy/cedar-wasm@4.13.0 @anthropic-ai/sandbox-runtime@0.0.78 @kubernetes-models/cilium@4.0.0 html-validate@9.7.1 axe-core@4.14.1"
# Too large for every test run: 358 MB to load, 846 MB here (`make test-extended`).
npm_mcp="@modelcontextprotocol/sdk@1.32.2 @modelcontextprotocol/server-filesystem@2026.8.31
         @modelcontextprotocol/server-everything@2026.8.31 @modelcontextprotocol/server-memory@2026.8.31
         @modelcontextprotocol/server-sequential-thinking@2026.8.31"
npm_extended="@openai/codex@0.171.0 @anthropic-ai/claude-code-linux-x64@2.1.332"

case ${2:-build} in
build) want=$build ;;
demo) want=$demo ;;
*) want=$tests ;;
esac

# A command that is there already, from wherever, need not come from its package.
command_of() {
	case $1 in
	nodejs) echo node ;;
	bubblewrap) echo bwrap ;;
	libxml2-utils) echo xmllint ;;
	perl) echo prove ;;
	procps) echo ps ;;
	gcc | make | git | curl | python3 | clang | clang-format | cppcheck | pmccabe | valgrind | strace | jq | sqlite3 | tidy | shellcheck | tshark | pkg-config) echo "$1" ;;
	esac
}

missing=
for package in $want; do
	command=$(command_of "$package")
	if [ -n "$command" ]; then
		command -v "$command" >/dev/null 2>&1 && continue
	elif dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed; then
		continue
	elif ! command -v dpkg-query >/dev/null 2>&1; then
		continue # not Debian: the compiler will say what is missing
	fi
	missing="$missing $package"
done
# npm_to FOLDER PACKAGE...: to build/FOLDER, which no program but the tests looks into.
npm_to() {
	folder=$(dirname "$0")/../build/$1
	shift
	[ "$(cat "$folder/has" 2>/dev/null)" != "$*" ] || return 0
	mkdir -p "$folder"
	if timeout 300 npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund "$@" >"$folder/log" 2>&1; then
		echo "$*" >"$folder/has"
	else
		echo "could not install from npm, so some tests are skipped: $*" >&2
	fi
}
install_npm() {
	command -v npm >/dev/null 2>&1 || return 0
	# shellcheck disable=SC2086
	case $1:${2:-build} in
	install:test) npm_to npm $npm ;;
	install:extended) npm_to npm $npm && npm_to npm-mcp $npm_mcp && npm_to npm-extended $npm_extended ;;
	esac
}
[ -n "$missing" ] || { install_npm "$@"; exit 0; }

if [ "$1" = check ]; then
	echo "pare needs these packages:$missing" >&2
	echo "run 'make deps', or: apt-get install$missing" >&2
	exit 1
fi

if [ "$(id -u)" = 0 ]; then
	as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
	as_root=sudo
elif command -v sudo >/dev/null 2>&1 && [ -t 0 ]; then
	as_root=sudo
else
	echo "These packages are missing, and installing them needs root:" >&2
	printf '  %s\n' $missing >&2
	echo "Ask an administrator for: apt-get install$missing" >&2
	exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# shellcheck disable=SC2086
if { $as_root apt-get update -q && $as_root apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1; then
	rm -f "$log"
	install_npm "$@"
	exit 0
fi
cat "$log" >&2
rm -f "$log"
echo "could not install:$missing" >&2
exit 1
