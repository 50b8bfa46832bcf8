"""hostile_names.py FOLDER POLICY: makes 1,000 files whose names mean harm, and a policy of a permission for each."""
import os
import sys

BITS = [
    b"<img src=x onerror=alert(1)>", b"]]>", b"--><!--", b"&#0;&#x1b;", b"&lt;&amp;", b"</script><script>", b"'\"><svg/onload=1>",
    b"=1+1", b"+cmd|' /C calc'!A0", b"-2+3", b"@SUM(1)", b"\t=1", b"\r=1", b"=HYPERLINK(\"x\",\"y\")", b"a,b;c", b"\"\"\"", b"\",\"",
    b"\x1b[2J\x1b]0;t\x07", b"\x00"[:0] + b"\x01\x02\x7f", b"line\nbreak", b"\r\nSet-Cookie: x", b"\x85\x9b", b"\xc2\x85\xc2\x9b31m",
    b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"caf\xc3\xa9", b"\xe2\x80\xaegpj.exe", b"\xe2\x80\x8bzero",
    b"\xef\xbf\xbe\xef\xbf\xbf", b"\xf3\xa0\x81\x81tag", b"a\xcc\x80\xcc\x81\xcc\x82\xcc\x83", b"\xd0\xb0pple", b"%s%n%x", b"${jndi:ldap}",
    b"{{7*7}}", b"\\x41\\n", b"\\u0041", b"$WS", b"$HOME", b"*", b"**", b"{any:1-9}", b"[a-z]?", b" lead", b"trail ", b"two  spaces",
    b"'; DROP TABLE run; --", b"x" * 200, b"\xf0\x9f\x92\xa9", b"#fragment?query", b"file:///etc/passwd", b"javascript:alert(1)",
    b"E-0123", b"__proto__", b"null", b"-rf", b"~", b".. ", b"\xe2\x80\xa8line", b"\xef\xbb\xbfbom",
]

folder, policy = os.fsencode(sys.argv[1]), sys.argv[2]
names = [b"%s %s%d" % (BITS[i % len(BITS)], BITS[i // len(BITS) * 7 % len(BITS)][:40], i) for i in range(1000)]
assert len(set(names)) == 1000
with open(policy, "w", encoding="ascii") as out:
    out.write('<policy xmlns="urn:pare:policy:1" agent="demo">\n')
    for name in sorted(names):
        name = name.replace(b"/", b"\xe2\x88\x95")
        with open(os.path.join(folder, name), "wb"):
            pass
        pattern = "".join("\\x%02x" % byte for byte in name)
        out.write('<rule resource="file" action="read"><pattern>$WS/%s</pattern></rule>\n' % pattern)
    out.write("</policy>\n")
