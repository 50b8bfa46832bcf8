# Adds up the TAP that run.sh kept: add-up.pl FOLDER STATUS-OF-PROVE TEST...
# Shows each failure with its reason and each skip, then the closing line.  Status 1 when something
# failed or nothing ran.
use strict;
use warnings;

my ($folder, $proved, @tests) = @ARGV;
my ($passed, $failed) = (0, 0);
my (@failures, @skips);

sub lines_of {
	my ($path) = @_;
	open my $file, '<', $path or return;
	chomp(my @lines = <$file>);
	return @lines;
}

# Failures of the test as a whole, which no line of it tells.
sub whole_failure {
	my ($plan, $ran, $bad, $status) = @_;
	return 'it did not run' if !defined $status;
	return 'took longer than it may' if $status == 124;
	return 'died: ' . ($status > 128 ? 'signal ' . ($status - 128) : "status $status")
		if $status && !$bad;
	return 'said nothing' if !defined $plan;
	return "planned $plan, ran $ran" if $plan != $ran;
	return;
}

for my $test (@tests) {
	(my $base = $test) =~ tr{/}{%};
	(my $short = $test) =~ s{.*/tests/}{tests/};
	my ($plan, $ran, $bad, $reasons) = (undef, 0, 0, undef);
	for (lines_of("$folder/$base.tap")) {
		if (/^1\.\.(\d+)(?:\s*#\s*SKIP\s*(.*))?/i) {
			$plan += $1;
			push @skips, "$short: all of it: $2" if defined $2;
		} elsif (/^(?:not )?ok\b(?:\s+\d+)?\s*-?\s*(.*?)\s*#\s*SKIP\s*(.*)/i) {
			$ran++;
			push @skips, "$short: " . join(': ', grep { length } $1, $2);
			$reasons = undef;
		} elsif (/^ok\b/) {
			$ran++;
			$passed++;
			$reasons = undef;
		} elsif (/^not ok\b(?:\s+\d+)?\s*-?\s*(.*)/) {
			$ran++;
			$bad++;
			push @failures, [ "$short: $1", [] ];
			$reasons = $failures[-1][1];
		} elsif (/^#/ && $reasons) {
			push @$reasons, $_;
		}
	}
	my ($status) = lines_of("$folder/$base.status");
	my $whole = whole_failure($plan, $ran, $bad, $status);
	push @failures, [ "$short: $whole", [] ] if $whole;
}
push @failures, [ 'prove found something wrong: see above', [] ] if $proved && !@failures;
$failed = @failures;
for (@failures) {
	my ($name, $reasons) = @$_;
	print "\nFAILED  $name\n";
	print "    $_\n" for @$reasons > 60 ? (@$reasons[ 0 .. 59 ], '# ...') : @$reasons;
}
print "\n" if @skips;
print "SKIPPED $_\n" for @skips;
print "\n";
print "no test ran\n" if !$passed && !$failed;
print "$passed passed, $failed failed", (@skips ? ', ' . @skips . ' skipped' : ''), "\n";
exit($failed || !$passed ? 1 : 0);
