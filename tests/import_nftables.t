#!/bin/sh
# `pare import --from nftables`: which hosts a ruleset lets packets to, and from.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/policy.sh"
. "$(dirname "$0")/grants.sh"

cat >"$dir/s.nft" <<'END'
#!/usr/sbin/nft -f
flush ruleset
table inet filter {
	set web {
		type inet_service
		elements = { http, 443,
			     8000-8002 }
	}
	set friends {
		type ipv4_addr
		flags interval, timeout
		elements = { 192.0.2.1 timeout 1h expires 59m comment "a, b", 10.1.0.0/16 }
	}
	set api {
		comment "api.example.com"
		type ipv6_addr
		elements = { 2001:db8::7 }
	}
	set later { type ipv4_addr; flags timeout; }
	chain output {
		type filter hook output priority filter; policy drop;
		ct state vmap { established : accept, related : accept, invalid : drop }
		oif "lo" accept
		ip daddr 10.1.2.3 drop
		meta skuid 7 ip daddr 10.9.9.9 reject with icmp type host-unreachable
		ip daddr @friends tcp dport @web counter packets 12 bytes 300 log prefix "x y" level info accept
		ip6 daddr @api tcp dport 443 accept comment "r-1"
		ip daddr @later udp dport 53 accept
		udp dport { 53, 123 } limit rate 10/second burst 5 packets accept
		meta l4proto { tcp, udp } th dport 5000-6000 accept
		tcp dport 22 jump admin
		icmp type echo-request accept
		icmpv6 type { nd-neighbor-solicit, nd-router-advert } accept
		ip daddr 192.0.2.200-192.0.2.204 tcp dport 1 accept
		ip daddr != 192.0.2.9 tcp dport 2 accept
		ip daddr . tcp dport { 192.0.2.5 . 3 } accept
		tcp flags syn accept
		tcp dport vmap { 4 : accept }
		ip daddr @nothing accept
		jump nowhere
		oifname "eth0" tcp dport 7 accept
		reject
		tcp dport 6666 accept
	}
	chain admin {
		ip daddr 192.0.2.22 accept
		ip6 daddr 2001:db8:22::/64 accept
		ip daddr 192.0.2.23 return
		return
		ip daddr 192.0.2.24 accept
	}
	chain input {
		type filter hook input priority 0; policy accept;
		tcp dport 23 drop
		ct state new tcp dport 80 accept
		tcp dport 79-81 drop
	}
	chain forward { type filter hook forward priority 0; policy drop; }
	flowtable f { hook ingress priority 0; devices = { lo }; }
}
table ip nat {
	chain post { type nat hook postrouting priority srcnat; policy accept; masquerade
	}
}
table bridge b { }
add rule inet filter output accept
END
grants nftables "$dir/s.nft"
want "hosts that are connected to" <<'END'
host connect icmp/{any:1-242}
host connect tcp/10.1.0.0/16:443
host connect tcp/10.1.0.0/16:80
host connect tcp/10.1.0.0/16:8000
host connect tcp/10.1.0.0/16:8001
host connect tcp/10.1.0.0/16:8002
host connect tcp/192.0.2.1:443
host connect tcp/192.0.2.1:80
host connect tcp/192.0.2.1:8000
host connect tcp/192.0.2.1:8001
host connect tcp/192.0.2.1:8002
host connect tcp/192.0.2.22:22
host connect tcp/\[2001:db8::7\]:443
host connect tcp/\[{any:1-64}\]:22
host connect tcp/api.example.com:443
host connect tcp/{any:1-220}:7
host connect tcp/{any:1-220}:{digit:1-5}
host connect udp/{any:1-220}:123
host connect udp/{any:1-220}:53
host connect udp/{any:1-220}:{digit:1-5}
host connect {any:1-12}/127.0.0.0/8:{digit:1-5}
host connect {any:1-12}/\[::1\]:{digit:1-5}
host connect {any:1-12}/localhost:{digit:1-5}
END
want "what is served: all, for the policy accepts" <<'END'
host accept {any:1-12}/{any:1-242}
END
denied "what is refused before anything is accepted" "action != 13" <<'END'
3 14 {any:1-12}/10.1.2.3:{digit:1-5}
3 15 {any:1-12}/10.1.2.3:{digit:1-5}
3 17 tcp/{any:1-220}:23
END
for text in \
	'unread   line 34: ip daddr 192.0.2.200-192.0.2.204 tcp dport 1 accept: 192.0.2.200-192.0.2.204: it is no address' \
	'unread   line 35: ip daddr != 192.0.2.9 tcp dport 2 accept: only what values are' \
	'unread   line 36: ip daddr . tcp dport { 192.0.2.5 . 3 } accept: only what values are' \
	'unread   line 37: tcp flags syn accept: only ports' 'unread   line 38: tcp dport vmap { 4 : accept }: only what values are' \
	'unread   line 39: ip daddr @nothing accept: there is no such set' 'unread   line 40: jump nowhere: there is no such chain' \
	'unread   line 58: chain forward: only filters' 'unread   line 62: chain post: only filters' 'unread   line 65: table bridge b: only IPv4' \
	'unread   line 66: add rule inet filter output accept: only tables' 'narrower line 28: ip daddr @later udp dport 53 accept: what is added' \
	'wider    line 25: meta skuid 7 ip daddr 10.9.9.9 reject with icmp type host-unreachable: only of some processes' \
	'wider    line 41: oifname eth0 tcp dport 7 accept: only through' 'wider    line 29: udp dport { 53 , 123 } limit rate 10/second burst 5 packets accept: only so often' \
	'wider    line 30: meta l4proto { tcp , udp } th dport 5000-6000 accept: only some ports' 'wider    line 47: ip6 daddr 2001:db8:22::/64 accept: no pattern says' \
	'wider    line 56: tcp dport 79-81 drop: behind rules' 'narrower output: a host that is reached by its name'; do
	grep -qF -- "$text" "$dir/import.err" || echo "no note: $text"
done >"$dir/found"
grep '^unread' "$dir/import.err" | wc -l | grep -qx 11 || grep '^unread' "$dir/import.err" >>"$dir/found"
clean "what is not read, or is less or more, is named"

# shown NAME: of the ruleset on the standard input just these permissions of $want, sorted.
shown() {
	cat >"$dir/r.nft"
	timeout 20 "$PARE" import --from nftables --agent demo -o "$dir/r.xml" "$dir/r.nft" 2>"$dir/notes" || cat "$dir/notes"
	"$PARE" show -b "$dir/r.xml" | grep -E '^host (connect|accept)' | LC_ALL=C sort >"$dir/got"
	printf '%s\n' "$want" | LC_ALL=C sort >"$dir/want"
	same "$1" "$dir/want" "$dir/got"
}
want='host accept {any:1-12}/{any:1-242}
host connect tcp/192.0.2.1:{digit:1-5}
host connect {any:1-12}/\[{any:1-64}\]:{digit:1-5}'
shown "IPv6 is open where only IPv4 is filtered" <<'END'
table ip filter {
	chain OUTPUT { type filter hook output priority 0; policy accept;
		ip protocol tcp ip daddr 192.0.2.1 accept
		goto rest
	}
	chain rest { counter drop
	}
}
END
want='host accept {any:1-12}/{any:1-242}
host connect {any:1-12}/192.0.2.1:{digit:1-5}
host connect {any:1-12}/192.0.2.2:{digit:1-5}'
shown "of two tables what either lets through" <<'END'
table inet a {
	chain o { type filter hook output priority 0; policy drop; ip daddr 192.0.2.1 accept; }
}
table inet b {
	chain o { type filter hook output priority 1; policy drop; ip daddr 192.0.2.2 accept; }
	chain n { type filter hook output priority 2; policy accept; }
}
table inet c { flags dormant; chain o { type filter hook output priority 0; policy drop; }
}
END
says "and that both would have to" "output: 2 chains have to let a packet through" "$dir/notes"
says "and that one is dormant" "its table is dormant" "$dir/notes"
want='host accept {any:1-12}/{any:1-242}
host connect {any:1-12}/{any:1-242}'
shown "a table without chains restricts nothing" <<'END'
table inet a {
}
END

broken nftables '' 'table inet' 'no table' 'chain x { }' '{"nftables": []}'
odd nftables 'table inet a { chain' 'table inet a { chain o { type filter hook output priority 0; policy drop; "' \
	"table x { $(head -c 100000 /dev/zero | tr '\0' '{')" "table x { chain o { type filter hook output priority 0; $(head -c 100000 /dev/zero | tr '\0' '}')" \
	'table x { chain o { type filter hook output priority 0; tcp dport' 'table x { chain o { type filter hook output priority 0; jump o
	jump o } }'
{
	echo 'table inet a { chain o { type filter hook output priority 0; policy drop;'
	for chain in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "jump c1; jump c1;"; done
	echo '}'
	for chain in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo "chain c$chain { jump c$((chain + 1)); jump c$((chain + 1)); jump c$((chain + 1)); }"; done
	echo 'chain c16 { tcp dport 1-200 ip daddr { 192.0.2.1, 192.0.2.2 } accept; } }'
} >"$dir/deep.nft"
status "chains that lead to chains end" 0 timeout 60 "$PARE" import --from nftables --agent demo -o "$dir/o.xml" "$dir/deep.nft"
perl -e 'srand 3; print "table inet a {\n chain o {\n type filter hook output priority 0\n", map(chr(1 + int rand 255), 1 .. 50000)' >"$dir/noise.nft"
status "so does noise" 0 timeout 60 "$PARE" import --from nftables --agent demo -o "$dir/o.xml" "$dir/noise.nft"

# ---- the way back; and what the kernel has of it says the same ----

round_trip nftables
if unshare -r -n nft list ruleset >/dev/null 2>&1; then
	for policy in "$dir"/policies/*.xml; do
		"$PARE" export --to nftables -o "$dir/there.nft" "$policy" 2>/dev/null
		unshare -r -n sh -c 'nft -f "$1" && nft list ruleset' sh "$dir/there.nft" >"$dir/listed.nft"
		for one in there listed; do "$PARE" import --from nftables --agent demo -q -o "$dir/$one.xml" "$dir/$one.nft"; done
		"$PARE" diff "$dir/there.xml" "$dir/listed.xml" 2>/dev/null | sed "s,^,$(basename "$policy"): ,"
	done >"$dir/found" 2>&1
	clean "what nft lists is read as what was exported"
else
	skip "what nft lists is read as what was exported" "nft does not run in namespaces here"
fi

# A rule is no other with braces around its one value.
for state in new '{ new }'; do
	cat >"$dir/state.nft" <<-END
		table inet f {
			chain out { type filter hook output priority 0; policy accept; ct state $state drop
				tcp dport 443 accept
			}
		}
	END
	grants nftables "$dir/state.nft"
	cp "$dir/granted" "$dir/state.$(printf %s "$state" | tr -dc a-z | wc -c).${#state}"
done
same "a state in braces" "$dir/state.3.3" "$dir/state.3.7"

# Chains that lead to chains that lead to chains, each many times.
{
	echo 'table inet f {'
	for from in $(seq 0 15); do
		printf 'chain c%s {\n' "$from"
		for _ in 1 2 3 4 5 6 7 8; do echo "jump c$((from + 1))"; done
		echo '}'
	done
	printf 'chain c16 {\n tcp dport 1 accept\n }\n chain out {\n type filter hook output priority 0; policy accept;\n jump c0\n }\n }\n'
} >"$dir/ladder.nft"
status "what comes by again and again ends" 0 timeout 20 "$PARE" import --from nftables --agent demo -q "$dir/ladder.nft"

finish
