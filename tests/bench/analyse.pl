#!/usr/bin/perl
# How long the analysis of many accesses takes, and in how much memory: ten runs of a million accesses
# each, to a million names in all, most of which chance made.  Printed and written to build/analyse.json.
#   ACCESSES=10000000 STORE=FILE tests/bench/analyse.pl    a store that is there is used as it is
use strict;
use warnings;
use Cwd qw(getcwd);
use File::Temp qw(tempdir);
use Time::HiRes qw(time);

my $accesses = $ENV{ACCESSES} // 10_000_000;
my $build = $ENV{BUILD} // getcwd() . "/build";
my $pare = $ENV{PARE} // "$build/pare";
my $folder = tempdir("pare-bench.XXXXXX", TMPDIR => 1, CLEANUP => 1);
my $store = $ENV{STORE} // "$folder/analyse.db";
my ($runs, $images) = (10, 7);
my $names = int($accesses / $runs / $images);
my $stable = int($names / 3);
my @row;

# (seconds, CPU seconds, peak MiB, status) of a command; its words go to FILE.
sub measure {
	my ($file, @command) = @_;
	my $start = time;
	my $before = (times)[2];
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		open STDOUT, '>', $file or die "$file: $!\n";
		open STDERR, '>&', \*STDOUT or die "$file: $!\n";
		exec @command or die "$command[0]: $!\n";
	}
	my $peak = 0;
	while (waitpid($pid, 1) == 0) {
		open my $status, '<', "/proc/$pid/status" or next;
		my ($now) = map { /^VmHWM:\s+(\d+)/ ? $1 : () } <$status>;
		$peak = $now if ($now // 0) > $peak;
		select undef, undef, undef, 0.05;
	}
	return (time - $start, (times)[2] - $before, $peak / 1024, $? >> 8);
}

sub report {
	my ($what, $file, @command) = @_;
	my ($seconds, $cpu, $peak, $status) = measure($file, @command);
	open my $words, '<', $file or die "$file: $!\n";
	my ($said) = grep { /larger than|violation|denied nothing/ } <$words>;
	printf "%-18s %7.1f s, %7.1f s of a processor, at most %6.1f MiB, status %d%s\n", $what, $seconds, $cpu, $peak,
		$status, defined $said ? ": " . ($said =~ s/\n//r) : "";
	push @row, sprintf(qq("%s": {"seconds": %.2f, "cpu_seconds": %.2f, "peak_mib": %.1f, "status": %d}),
		$what, $seconds, $cpu, $peak, $status);
}

$ENV{PARE_SELF_TEST} = 0;
if (!-e $store) {
	system("$build/tests/bench/analyse_store", $store, $runs, $stable, $names - $stable, $images) == 0
		or die "the store is not written\n";
}
printf "%d accesses by %d programs in %d runs, %d names, a store of %.0f MiB\n", $runs * $names * $images, $images, $runs,
	$stable + $runs * ($names - $stable), (-s $store) / 2**20;
report("propose, literal", "$folder/out", $pare, "propose", "--quiet", "--db", $store, "--agent", "ada", "--preset", "literal",
	"-o", "$folder/literal.xml");
report("propose, balanced", "$folder/out", $pare, "propose", "--quiet", "--db", $store, "--agent", "ada", "--preset", "balanced",
	"-o", "$folder/balanced.xml");
report("check", "$folder/out", $pare, "check", "--db", $store, "$folder/balanced.xml") if -e "$folder/balanced.xml";
mkdir "build";
open my $json, '>', "build/analyse.json" or die "build/analyse.json: $!\n";
print $json "{", join(", ", @row), "}\n";
