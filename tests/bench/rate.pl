#!/usr/bin/perl
# How many accesses a second are recorded, in how much memory, and how many bytes of the store a
# distinct one takes.  Printed and written to build/rate.json.
#   ACCESSES=10000000 tests/bench/rate.pl
use strict;
use warnings;
use Cwd qw(getcwd);
use File::Temp qw(tempdir);
use Time::HiRes qw(time);

my $accesses = $ENV{ACCESSES} // 10_000_000;
my $pare = $ENV{PARE} // getcwd() . "/build/pare";
my $folder = tempdir("pare-bench.XXXXXX", TMPDIR => 1, CLEANUP => 1);
$ENV{PARE_SELF_TEST} = 0;
system("cc", "-O1", "-pthread", "-o", "$folder/flood", getcwd() . "/tests/bench/flood.c") == 0 or die "flood is not compiled\n";

sub peak_kib {
	open my $status, '<', "/proc/$_[0]/status" or return 0;
	return (map { /^VmHWM:\s+(\d+)/ ? $1 : () } <$status>)[0] // 0;
}

# (seconds, peak KiB of pare, accesses in the store, distinct ones, gaps)
sub record {
	my ($database, $names) = @_;
	my ($peak, $all, $distinct) = (0, 0, 0);
	$ENV{PARE_DB} = $database;
	my $start = time;
	my $pid = fork // die "fork: $!\n";
	exec $pare, "record", "--quiet", "--", "$folder/flood", $accesses / 2, $names if !$pid;
	while (waitpid($pid, 1) == 0) {
		my $now = peak_kib($pid);
		$peak = $now if $now > $peak;
		select undef, undef, undef, 0.05;
	}
	die "pare failed\n" if $?;
	my $seconds = time - $start;
	open my $dump, '-|', $pare, "dump", "last" or die "$pare: $!\n";
	while (<$dump>) { $all += $1, $distinct++ if /"count":(\d+)/ }
	my $gaps = () = `$pare show last --json` =~ /"kind":/g;
	return ($seconds, $peak, $all, $distinct, $gaps);
}

my ($native) = map { my $start = time; system("$folder/flood", $accesses / 2, 1000); time - $start } 1;
my ($seconds, $peak, $all, undef, $gaps) = record("$folder/often.db", 1000);
printf "%d accesses to 1,000 names: %.2f s (native %.2f s), %.2f million a second, at most %.1f MiB, %d recorded, %d gaps\n",
	$accesses, $seconds, $native, $accesses / $seconds / 1e6, $peak / 1024, $all, $gaps;
my ($slow, $high, undef, $distinct) = record("$folder/once.db", 500_000);
my $bytes = (-s "$folder/once.db") / $distinct;
printf "%d accesses to 500,000 names: %.2f s, %d distinct, %.0f bytes of the store for each, at most %.1f MiB\n",
	$accesses, $slow, $distinct, $bytes, $high / 1024;
mkdir "build";
open my $json, '>', "build/rate.json" or die "build/rate.json: $!\n";
printf $json qq({"accesses": %d, "seconds": %.3f, "native_seconds": %.3f, "per_second": %.0f, "peak_kib": %d, "recorded": %d, "gaps": %d, "bytes_per_distinct": %.1f}\n),
	$accesses, $seconds, $native, $accesses / $seconds, $peak, $all, $gaps, $bytes;
