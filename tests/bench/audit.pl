#!/usr/bin/perl
# How long the audit of a year takes, and in how much memory: 10,000 runs of 500 accesses each, against
# 200 permissions.  Printed and written to build/audit.json; ends with 1 where that takes more than 10 s of a
# processor, or 200 MiB: by the clock it depends on what else the machine does.
#   RUNS=10000 ACCESSES=500 STORE=FILE tests/bench/audit.pl    a store that is there is used as it is
use strict;
use warnings;
use Cwd qw(getcwd);
use File::Temp qw(tempdir);
use Time::HiRes qw(time);

use constant { MOST_SECONDS => 10, MOST_MIB => 256 };

my $build = $ENV{BUILD} // getcwd() . "/build";
my $pare = $ENV{PARE} // "$build/pare";
my ($runs, $accesses) = ($ENV{RUNS} // 10_000, $ENV{ACCESSES} // 500);
my $folder = tempdir("pare-bench.XXXXXX", TMPDIR => 1, CLEANUP => 1);
my $store = $ENV{STORE} // "$folder/audit.db";
$ENV{PARE_SELF_TEST} = 0;

# rule(resource, action, pattern, template...): with arguments, where there are templates.
sub rule {
	my ($resource, $action, $pattern, @argv) = @_;
	return sprintf qq(<rule resource="%s" action="%s"><pattern>%s</pattern>%s<justification>a bench</justification></rule>\n),
		$resource, $action, $pattern, join "", map { "<argv>$_</argv>" } @argv;
}

# As enforcers grant it today: much by its name, the rest by folders and whole trees; some never used.
sub grants {
	my @rule = map { rule("file", $_ % 2 ? "read" : "write", sprintf '$WS/src/part%d/file%d.c', $_ * 31 / 100, $_ * 31) } 0 .. 79;
	push @rule, map { rule("file", "map", sprintf "/usr/lib/part%d/lib%d.so", $_ / 100, $_) } 0 .. 29;
	push @rule, map { rule("file", $_, '$WS/**') } qw(read write stat list create);
	push @rule, map { rule("file", "read", sprintf '$WS/src/part%d/**', $_) } 0 .. 19;
	push @rule, map { rule("file", "stat", sprintf '$WS/src/*/file%d.c', $_) } 0 .. 9;
	push @rule, map { rule("file", "read", sprintf '$HOME/old%d/**', $_) } 0 .. 9;
	push @rule, rule("file", $_, "/usr/**") for qw(read stat map);
	push @rule, rule("file", "create", '$TMP/build/cc{hex:16}.o'), rule("file", "create", '$TMP/**');
	push @rule, map { rule("host", "connect", sprintf "tcp/part0.host%d.example.com:443", $_) } 0 .. 14;
	push @rule, rule("host", $_, "tcp/{any:1-200}:443") for qw(connect resolve);
	push @rule, map { rule("program", "exec", "/usr/bin/$_") } qw(sh node make cc curl python3 gdb ssh);
	push @rule, rule("program", "exec", "/usr/bin/git", "git push *", "git fetch *");
	push @rule, map { rule("tool", "call", "files/tool$_") } 0 .. 11;
	push @rule, rule("tool", "call", "files/{any:1-20}");
	push @rule, rule("kernel", "use", "mount");
	return @rule;
}

sub slurp {
	open my $file, '<', $_[0] or die "$_[0]: $!\n";
	local $/;
	return <$file>;
}

# (seconds, CPU seconds, peak MiB) of a command that succeeds; its words go to FILE.
sub measure {
	my ($file, @command) = @_;
	my ($start, $before, $peak) = (time, (times)[2] + (times)[3], 0);
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		open STDOUT, '>', $file or die "$file: $!\n";
		exec @command or die "$command[0]: $!\n";
	}
	while (waitpid($pid, 1) == 0) {
		if (open my $status, '<', "/proc/$pid/status") {
			my ($now) = map { /^VmHWM:\s+(\d+)/ ? $1 : () } <$status>;
			$peak = $now if ($now // 0) > $peak;
		}
		select undef, undef, undef, 0.02;
	}
	die "@command: status $?\n" if $?;
	return (time - $start, (times)[2] + (times)[3] - $before, $peak / 1024);
}

if (!-e $store) {
	system("$build/tests/bench/audit_store", $store, $runs, $accesses) == 0 or die "the store is not written\n";
	my @rule = grants();
	open my $policy, '>', "$folder/policy.xml" or die "$folder/policy.xml: $!\n";
	print $policy qq(<policy xmlns="urn:pare:policy:1" agent="ada" granted-by="bench">\n), @rule, "</policy>\n";
	close $policy or die "$folder/policy.xml: $!\n";
	system($pare, "import", "-q", "--db", $store, "--from", "pare", "--agent", "ada", "--granted", "2025-12-01",
		"$folder/policy.xml") == 0 or die "the grants are not imported\n";
}
my ($seconds, $cpu, $peak) =
	measure("$folder/out", $pare, "audit", "--db", $store, "--agent", "ada", "--as-of", "2026-12-01", "--json");
my $out = slurp("$folder/out");
my ($all) = $out =~ /"all_runs":(\d+)/;
my $held = () = $out =~ /"id":"P-/g;
my ($load) = split ' ', slurp("/proc/loadavg");
printf "%d runs, a store of %.0f MiB, %d permissions: %.2f s, %.2f s of a processor, at most %.0f MiB; load %s\n", $all,
	(-s $store) / 2**20, $held, $seconds, $cpu, $peak, $load;
mkdir "build";
open my $json, '>', "build/audit.json" or die "build/audit.json: $!\n";
printf $json qq({"runs": %d, "permissions": %d, "seconds": %.2f, "cpu_seconds": %.2f, "peak_mib": %.1f, "load": %s}\n), $all, $held,
	$seconds, $cpu, $peak, $load;
exit($seconds > MOST_SECONDS || $peak > MOST_MIB);
