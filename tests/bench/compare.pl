#!/usr/bin/perl
# See run.sh.
use strict;
use warnings;
use Cwd qw(getcwd);
use File::Temp qw(tempdir);
use Time::HiRes qw(time);

my $rounds = $ENV{ROUNDS} // 5;
my $pare = $ENV{PARE} // getcwd() . "/build/pare";
my $folder = tempdir("pare-bench.XXXXXX", TMPDIR => 1, CLEANUP => 1);
my $repository = getcwd();
$ENV{PARE_DB} = "$folder/pare.db";

my @workload = (
	[ git => "rm -rf clone && git clone -q '$repository' clone && git -C clone status >/dev/null"
		. " && git -C clone log --stat >/dev/null" ],
	[ compile => "for f in '$repository'/core/vocab.c '$repository'/core/bytes.c"
		. " '$repository'/core/error.c; do gcc -O1 -I'$repository' -c \$f -o out.o; done" ],
	[ python => "for i in 1 2 3 4 5 6 7 8 9 10; do python3 -c 'import json, ssl'; done" ],
	[ node => "for i in 1 2 3 4 5; do node -e 0; done" ],
	[ find => "find /usr/include -type f | head -2000 | xargs grep -l socket >/dev/null" ],
	[ spawn => "i=0; while [ \$i -lt 200 ]; do /bin/true; i=\$((i + 1)); done" ],
);
my %wanted = map { $_ => 1 } split ' ', $ENV{WORKLOADS} // join ' ', map { $_->[0] } @workload;

my @mode = (
	[ native => [] ],
	[ pare => [ $pare, "record", "--quiet", "--agent", "bench", "--" ] ],
	[ strace => [ "strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=%file,%process,%network", "-o", "$folder/strace.out" ] ],
);

sub seconds {
	my (@command) = @_;
	my $start = time;
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		chdir $folder or die;
		open STDOUT, '>', '/dev/null';
		open STDERR, '>', '/dev/null';
		exec @command;
		exit 127;
	}
	waitpid $pid, 0;
	my $took = time - $start;
	return $? == 0 ? $took : undef;
}

sub median {
	my @sorted = sort { $a <=> $b } @_;
	return @sorted % 2 ? $sorted[ $#sorted / 2 ] : ($sorted[ @sorted / 2 - 1 ] + $sorted[ @sorted / 2 ]) / 2;
}

my @result;
printf "%-10s %12s %14s %14s\n", "workload", "native s", "pare/native", "strace/native";
for my $workload (grep { $wanted{ $_->[0] } } @workload) {
	my ($name, $script) = @$workload;
	my (%took, %ratio);
	for my $round (0 .. $rounds) {    # the first one warms the caches
		my %now;
		for my $mode (@mode) {
			$now{ $mode->[0] } = seconds(@{ $mode->[1] }, "sh", "-c", $script);
		}
		next if $round == 0 || !defined $now{native};
		for my $mode (keys %now) {
			next unless defined $now{$mode};
			push @{ $took{$mode} }, $now{$mode};
			push @{ $ratio{$mode} }, $now{$mode} / $now{native};
		}
	}
	my %median = map { $_ => $ratio{$_} ? median(@{ $ratio{$_} }) : undef } map { $_->[0] } @mode;
	printf "%-10s %12.3f %14s %14s\n", $name, median(@{ $took{native} // [0] }),
		map { defined $_ ? sprintf "%.2f", $_ : "did not run" } @median{qw(pare strace)};
	push @result, { name => $name, native => median(@{ $took{native} // [0] }), %median };
}

mkdir "build";
open my $json, '>', "build/bench.json" or die "build/bench.json: $!";
print $json "[\n", join(",\n", map {
	my $r = $_;
	sprintf '  {"workload": "%s", "native_seconds": %.4f, "pare_ratio": %s, "strace_ratio": %s}', $r->{name},
		$r->{native}, map { defined $_ ? sprintf "%.3f", $_ : "null" } @$r{qw(pare strace)}
} @result), "\n]\n";
close $json;
print "\nratios of wall time, median of $rounds paired rounds; also in build/bench.json\n";
