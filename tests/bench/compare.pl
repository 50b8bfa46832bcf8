#!/usr/bin/perl
# See run.sh.
use strict;
use warnings;
use Cwd qw(getcwd);
use File::Temp qw(tempdir);
use Time::HiRes qw(time);

my $rounds = $ENV{ROUNDS} // 5;
my $pare = $ENV{PARE} // getcwd() . "/build/pare";
my $here = getcwd();
my $folder = tempdir("pare-bench.XXXXXX", DIR => -w "/dev/shm" ? "/dev/shm" : undef, CLEANUP => 1);
$ENV{PARE_DB} = "$folder/pare.db";
$ENV{PARE_SELF_TEST} = 0;
my @pin = $ENV{CPU} ? ("taskset", "-c", $ENV{CPU}) : ();

# [ NAME, PREPARATION (not timed), SCRIPT ]
my @workload = (
	[ git => "rm -rf clone", "git clone -q --no-local seed clone && git -C clone status >/dev/null"
		. " && git -C clone log --stat >/dev/null" ],
	[ compile => "rm -rf objects && mkdir objects", "make -s -j2 -f '$here/tests/bench/compile.mk' SOURCE='$here' >/dev/null" ],
	[ python => "true", "i=0; while [ \$i -lt 50 ]; do /usr/bin/python3 -c 'import json, ssl'; i=\$((i + 1)); done" ],
	[ node => "true", "i=0; while [ \$i -lt 20 ]; do node -e 0; i=\$((i + 1)); done" ],
	[ find => "true", "find /usr/include /usr/share -type f | wc -l && grep -rl zzzz /usr/include | wc -l" ],
	[ spawn => "true", "i=0; while [ \$i -lt 500 ]; do /bin/true; i=\$((i + 1)); done" ],
	[ threads => "true", "./threads" ],
	[ curl => "true", "i=0; while [ \$i -lt 200 ]; do curl -s -o /dev/null http://127.0.0.1:\$(cat port)/port; i=\$((i + 1)); done" ],
);
my %wanted = map { $_ => 1 } split ' ', $ENV{WORKLOADS} // join ' ', map { $_->[0] } @workload;

my @mode = (
	[ native => [] ],
	[ pare => [ $pare, "record", "--quiet", "--agent", "bench", "--" ] ],
	[ 'no-capture' => [ qw(setpriv --bounding-set -net_raw --inh-caps -net_raw), $pare, "record", "--quiet", "--agent", "bench", "--" ] ],
	[ strict => [ $pare, "record", "--strict", "--quiet", "--agent", "bench", "--" ] ],
	[ strace => [ "strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=%file,%process,%network", "-o", "$folder/strace.out" ] ],
);
my %mode = map { $_ => 1 } split ' ', $ENV{MODES} // join ' ', map { $_->[0] } @mode;
@mode = grep { $mode{ $_->[0] } } @mode;

sub run_quietly {
	my (@command) = @_;
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		chdir $folder or die;
		open STDOUT, '>', '/dev/null';
		open STDERR, '>', '/dev/null';
		exec @command;
		exit 127;
	}
	waitpid $pid, 0;
	return $? == 0;
}

# What the workloads work on: made once, the same for every mode.
sub prepare {
	run_quietly("sh", "-c", "git init -q seed && cd seed && git config user.name b && git config user.email b\@b"
		. " && for i in \$(seq 60); do mkdir -p d\$i && for j in \$(seq 60); do echo \$i \$j >d\$i/f\$j; done;"
		. " git add . && git commit -qm \$i; done") or warn "git: no repository\n";
	run_quietly("cc", "-O1", "-pthread", "-o", "threads", "$here/tests/bench/threads.c") or warn "threads: not compiled\n";
}

my $server;
sub serve {
	$server = fork // die "fork: $!";
	if (!$server) {
		chdir $folder;
		open STDERR, '>', '/dev/null';
		exec "/usr/bin/python3", "-c", "import http.server as h, os\nh.SimpleHTTPRequestHandler.log_message = lambda *a: None\n"
			. "s = h.ThreadingHTTPServer(('127.0.0.1', 0), h.SimpleHTTPRequestHandler)\n"
			. "open('port', 'w').write(str(s.server_port))\ns.serve_forever()";
	}
	for (1 .. 50) { last if -s "$folder/port"; select undef, undef, undef, 0.1 }
}
END { kill 'TERM', $server if $server }

# (the agent's own seconds, those of the whole command), or nothing.
sub seconds {
	my ($mode, $before, $script) = @_;
	run_quietly("sh", "-c", $before);
	unlink "$folder/took";
	my $start = time;
	run_quietly(@pin, @$mode, "perl", "$here/tests/bench/inside.pl", "$folder/took", "sh", "-c", $script) or return;
	my $whole = time - $start;
	open my $took, '<', "$folder/took" or return;
	return (scalar(<$took>) + 0, $whole);
}

sub median {
	my @sorted = sort { $a <=> $b } @_;
	return @sorted % 2 ? $sorted[ $#sorted / 2 ] : ($sorted[ @sorted / 2 - 1 ] + $sorted[ @sorted / 2 ]) / 2;
}

# What the last recording holds: [accesses, the share of them that took no stop].
sub recorded {
	my ($all, $fast) = (0, 0);
	open my $dump, '-|', $pare, "dump", "last" or return [ 0, 0 ];
	while (<$dump>) {
		next unless /"count":(\d+).*"via":"(\w+)"/;
		$all += $1;
		$fast += $1 if $2 eq "fast";
	}
	return [ $all, $all ? $fast / $all : 0 ];
}

sub cell {
	my ($result, $mode) = @_;
	return "did not run" unless defined $result->{$mode};
	return sprintf "%.2f %.2f", @{ $result->{$mode} };
}

prepare();
serve();
my @result;
printf "%-9s %9s  ", "workload", "native s";
printf "%-13s ", $_->[0] for grep { $_->[0] ne "native" } @mode;
printf "%10s %8s\n", "accesses", "no stop";
for my $workload (grep { $wanted{ $_->[0] } } @workload) {
	my ($name, $before, $script) = @$workload;
	my (%ratio, @native);
	my $recorded = [ 0, 0 ];
	for my $round (0 .. $rounds) {    # the first one warms the caches
		my %now;
		for my $mode (@mode) {
			$now{ $mode->[0] } = [ seconds($mode->[1], $before, $script) ];
			$recorded = recorded() if $mode->[0] eq "pare" && $round == $rounds;
		}
		my ($inner, $whole) = @{ $now{native} // [] };
		next if $round == 0 || !$inner;
		push @native, $inner;
		for my $mode (keys %now) {
			next unless @{ $now{$mode} };
			push @{ $ratio{$mode}[0] }, $now{$mode}[0] / $inner;
			push @{ $ratio{$mode}[1] }, $now{$mode}[1] / $whole;
		}
	}
	my %median = map { $_ => [ map { median(@$_) } @{ $ratio{$_} } ] } keys %ratio;
	next unless @native;
	printf "%-9s %9.3f  ", $name, median(@native);
	printf "%-13s ", cell(\%median, $_->[0]) for grep { $_->[0] ne "native" } @mode;
	printf "%10d %7.1f%%\n", $recorded->[0], 100 * $recorded->[1];
	push @result, { name => $name, native => median(@native), recorded => $recorded, %median };
}

mkdir "build";
open my $json, '>', "build/bench.json" or die "build/bench.json: $!";
print $json "[\n", join(",\n", map {
	my $r = $_;
	my @modes = grep { $r->{$_} && $_ ne "native" } map { $_->[0] } @mode;
	sprintf '  {"workload": "%s", "native_seconds": %.4f, "accesses": %d, "share_without_stop": %.4f%s}', $r->{name},
		ref $r->{native} ? 0 : $r->{native}, @{ $r->{recorded} },
		join '', map { sprintf ', "%s": {"agent": %.3f, "whole": %.3f}', $_, @{ $r->{$_} } } @modes;
} @result), "\n]\n";
close $json;
print "\neach pair: the agent's own time and that of the whole command, over native; median of $rounds paired rounds",
	@pin ? ", pinned to processor $ENV{CPU}" : "", "; also in build/bench.json\n";
