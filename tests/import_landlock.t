#!/bin/sh
# Rulesets of Landlock are imported: what no ruleset handles is granted.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/grants.sh"

cat >"$dir/rules" <<'END'
{"abi": 6, "ruleset": [{"handledAccessFs": ["abi.all"], "handledAccessNet": ["connect_tcp"]}],
 "pathBeneath": [{"allowedAccess": ["read_file", "execute"], "parent": ["/usr"]}, {"allowedAccess": ["make_reg", "fly"], "parent": ["/srv/x", "relative"]}],
 "netPort": [{"allowedAccess": ["connect_tcp"], "port": [443]}], "strange": 1}
END
status "a ruleset" 0 "$PARE" import --from landlock --agent demo -o "$dir/shown.xml" "$dir/rules"
cp "$dir/err" "$dir/notes"
"$PARE" show --bare "$dir/shown.xml" | grep -vE '^(host (connect|send|bind|accept) (udp|icmp|raw|sctp)|file (stat|attr) |socket |kernel |$)' | sort >"$dir/got"
sort >"$dir/want" <<'END'
file read /usr
file read /usr/**
file map /usr
file map /usr/**
file create /srv/x
file create /srv/x/**
file link /srv/x
file link /srv/x/**
program exec /usr
program exec /usr/**
host resolve {any:1-12}/{any:1-242}
host connect tcp/{any:1-220}:443
host send tcp/{any:1-220}:443
host bind tcp/{any:1-220}:{digit:1-5}
host accept tcp/{any:1-220}:{digit:1-5}
END
same "means what its rights mean" "$dir/want" "$dir/got"
says "an unknown right is named" "unread   fly: it is not known here" "$dir/notes"
says "so is an unknown member" "unread   strange: it is not known here" "$dir/notes"
says "and what is no path" "unread   relative: a path must be absolute" "$dir/notes"
for text in '{' '[]' '{"ruleset": 1}' '{"ruleset": [], "ruleset": []}'; do
	echo "$text" >"$dir/rules"
	status "none: $text" 1 "$PARE" import --from landlock --agent demo -o "$dir/shown.xml" "$dir/rules"
done
echo '{"ruleset": [1, {"handledAccessFs": {}}], "pathBeneath": [1, {"parent": [1], "allowedAccess": [1]}], "netPort": [{"port": ["x", -1], "allowedAccess": "x"}]}' >"$dir/rules"
status "members of other types end" 0 "$PARE" import --from landlock --agent demo -o "$dir/shown.xml" "$dir/rules"

# ---- the way back ----

round_trip landlock
finish
