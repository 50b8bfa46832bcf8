#!/usr/bin/perl
# axe.pl AXE PAGE WIDTH THEME: what axe-core finds in a page, in Chromium; THEME 0 is dark, 1 light.  The page is
# copied without its policy, which allows no script.  Prints violations, and whatever kept it from looking.
use strict;
use warnings;
use File::Temp qw(tempdir);

sub slurp {
	open my $file, '<:raw', $_[0] or die "$_[0]: $!\n";
	local $/;
	return <$file>;
}

my ($axe, $page) = (slurp($ARGV[0]), slurp($ARGV[1]));
my $folder = tempdir(CLEANUP => 1);
$page =~ s/<meta http-equiv="Content-Security-Policy"[^>]*>// or print "the page has no policy\n";
$axe =~ s{</script}{<\\/script}g;
my $run = <<'END';
axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then(
	(found) => found.violations.map((v) => v.id + ": " + v.help + " (" + v.nodes.length + "): " + v.nodes[0].html.slice(0, 120))
		.concat(["passed " + found.passes.length]).join("\n"), String).then((text) => {
	const said = document.createElement("pre");
	said.id = "axe-said";
	said.textContent = text;
	document.body.appendChild(said);
});
END
$page =~ s{</body>}{<script>$axe</script><script>$run</script></body>} or print "the page has no end\n";
open my $file, '>:raw', "$folder/page.html" or die "$folder/page.html: $!\n";
print $file $page;
close $file or die "$folder/page.html: $!\n";
my $dom = qx{timeout 120 chromium --headless=new --no-sandbox --disable-gpu --user-data-dir=$folder/profile \\
	--blink-settings=preferredColorScheme=$ARGV[3] --window-size=$ARGV[2],1200 --virtual-time-budget=60000 \\
	--dump-dom file://$folder/page.html 2>/dev/null};
my ($said) = $dom =~ m{<pre id="axe-said">(.*?)</pre>}s;
if (!defined $said || $said !~ s/^passed [1-9]\d*\n?\z//m) {
	print "axe did not come to an end: ", $said // "", "\n";
} else {
	print $said;
}
