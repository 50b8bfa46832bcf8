#!/usr/bin/perl
# How good the proposed policies are.  Six tasks (tests/bench/tasks) are recorded RUNS times each, in a
# fresh workspace, HOME and TMPDIR.  Each run is then held against a policy that was mined from the
# others; beside pare's presets stand the policies of tools that count siblings (quality_collapse.pm).
# Excess is what a policy of all runs admits of what there is on this machine, and no run has used
# (quality_excess.c).  Ends with 1 where the preset that is the default does not do what it should:
# in at most 5 % of the held-out runs anything is denied, nothing protected is admitted that was
# not used, and no sibling count that denies as little admits as little.
# What a task is given depends on SEED + the number of the run; chance adds to it (mktemp, uuid, pid).
#   RUNS=3 TASKS="git make" POLICY=balanced SEED=100 CAP=20000 JOBS=2 VERBOSE=1 tests/bench/quality.pl
# Also written to build/quality.json.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use JSON::PP;
use List::Util qw(max min sum0 uniq);
use Time::HiRes qw(time);

my $here;
BEGIN { $here = abs_path(dirname(__FILE__)) }
use lib $here;
use quality_collapse;
use quality_table;

my $build = $ENV{BUILD} // abs_path("$here/../../build");
my $pare = $ENV{PARE} // "$build/pare";
my $runs = $ENV{RUNS} // 10;
my $seed = $ENV{SEED} // 0;
my $cap = $ENV{CAP} // 20000;
my $jobs = $ENV{JOBS} // (`nproc` + 0);
my $ours = $ENV{POLICY} // "balanced";
my $limit = 0.05;
my @task = split ' ', $ENV{TASKS} // "agent git python npm make convert";
my @elsewhere = qw(/etc /srv /home /root /var /usr);
# With few runs nothing would ever be seen twice.
my $variants = $runs < 6 ? 1 : 3;
my $folder = tempdir("pare-quality.XXXXXX", TMPDIR => 1, CLEANUP => 0);
my $parent = $$;
$SIG{INT} = $SIG{TERM} = sub { exit 1 };
END { remove_tree($folder) if $folder && $$ == $parent && !$ENV{KEEP} }
# Nothing of who measures: no settings, no objects that they protect.
$ENV{HOME} = $folder;
delete @ENV{grep { /^(PARE_DB|XDG_|GIT_)/ } keys %ENV};
$ENV{PARE_SELF_TEST} = 0;

# What stands in HOME, and what no task has to do with.
my @secret = qw(.ssh/id_ed25519 .ssh/authorized_keys .aws/credentials .netrc .bashrc .profile .git-credentials
	.kube/config .docker/config.json .config/gh/hosts.yml .gnupg/private-keys-v1.d/1.key .config/autostart/a.desktop
	Documents/letter.txt);
# Beside what a task has left in each folder.
my @sibling = qw(.env credentials.json notes.txt);
my @hook = qw(pre-rebase post-rewrite);

sub put {
	my ($path) = @_;
	return if -e $path;
	make_path(dirname($path));
	open my $file, '>', $path or die "$path: $!\n";
	print $file "nothing\n";
}

sub run_quietly {
	my (@command) = @_;
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		open STDOUT, '>', "$folder/log.$$" or exit 127;
		open STDERR, '>&', \*STDOUT or exit 127;
		exec @command;
		exit 127;
	}
	waitpid $pid, 0;
	my $status = $? >> 8;
	if ($status && $status != 3) {
		open my $log, '<', "$folder/log.$pid" or die "@command ended with $status\n";
		die join("", "@command ended with $status:\n", <$log>);
	}
	unlink "$folder/log.$pid";
	return $status;
}

sub slurp_lines {
	my (@command) = @_;
	open my $in, '-|', @command or die "$command[0]: $!\n";
	my @line = <$in>;
	close $in;
	my $status = $? >> 8;
	die "@command ended with $status\n" if $status && $status != 3;
	return @line;
}

# ---- recording ----

sub environment {
	my ($base, $run) = @_;
	return (HOME => "$base/home", TMPDIR => "$base/tmp", TASKS => "$here/tasks", RUN => $seed + $run, VARIANT => $run % $variants,
		PATH => "$base/home/.local/bin:/usr/local/bin:/usr/bin:/bin", LANG => "C.UTF-8", USER => "agent",
		AGENT_PORT => $ENV{AGENT_PORT}, PARE_SELF_TEST => 0);
}

# In the folder; `setup` and, once, `run` are not recorded.
sub perform {
	my ($task, $base, $run, $name) = @_;
	local %ENV = environment($base, $run);
	chdir $folder or die "$folder: $!\n";
	for (qw(workspace home tmp)) { remove_tree("$base/$_"); make_path("$base/$_") }
	chdir $base or die "$base: $!\n";
	run_quietly("$here/tasks/$task.sh", "setup");
	put("$base/home/$_") for @secret;
	chdir "$base/workspace" or die "$base: $!\n";
	my @record = ($pare, "record", "--quiet", "--db", "$base.db", "--agent", $task, "--task", $name, "--");
	run_quietly($name ? @record : (), "$here/tasks/$task.sh", "run");
}

sub plant_siblings {
	my ($base) = @_;
	for my $place (slurp_lines("find", "$base/workspace", "$base/tmp", "$base/home", "-type", "d")) {
		chomp $place;
		next if $place =~ m{/\.git/};
		put("$place/$_") for @sibling;
		put("$place/hooks/$_") for $place =~ m{/\.git$} ? @hook : ();
	}
}

# ---- evidence ----

# As patterns write it; the names of a dump have their bytes escaped already.
sub pattern_of {
	my ($base, $resource, $name) = @_;
	my $text = $name =~ s/([*?\[\]{}\$@])/\\$1/gr;
	return $text =~ s/^\\@/@/r =~ s{/}{\\x2f}gr if $resource =~ /^(file|program|process)$/ && $text !~ m{^/};
	my %root = (workspace => '$WS', home => '$HOME', tmp => '$TMP');
	$text =~ s{^\Q$base\E/$_(?=/|$)}{$root{$_}} for keys %root;
	return $text;
}

my %kind = (map({ $_ => "r" } qw(read list map)), map({ $_ => "w" } qw(write append create rename link attr)), delete => "d", exec => "x");

# What happened in a run: [resource, action, pattern, own, name].
sub uses_of {
	my ($base, $id) = @_;
	my @use;
	my $json = JSON::PP->new->utf8->allow_nonref;
	my $text = qr/"(?:[^"\\]|\\.)*"/;
	for my $line (slurp_lines($pare, "dump", "--db", "$base.db", $id)) {
		my ($resource, $action, $name, $requested, $outcome, $own) =
			$line =~ /"resource":"(\w+)","action":"(\w+)","name":($text),"requested":($text),"outcome":"(\w+)".*"own":(\w+)/
			or die "$base: not understood: $line";
		next if $outcome !~ /^(ok|unknown)$/ || $requested =~ /^"(inherited|received):/;
		$name = $json->decode($name);
		push @use, [ $resource, $action, pattern_of($base, $resource, $name), $own eq "true" ? 1 : 0, $name ];
	}
	return \@use;
}

sub merge {
	my %all;
	for my $use (map { @{ $_->{uses} } } @_) {
		my ($resource, $action, $pattern, $own) = @$use;
		my $at = \$all{$resource}{$action}{$pattern};
		$$at = ($$at // 1) && $own;
	}
	return \%all;
}

sub write_known {
	my ($path, @run) = @_;
	open my $out, '>:utf8', $path or die "$path: $!\n";
	my %line = map { ("$kind{$_->[1]} $_->[4]\n" => 1) } grep { $kind{ $_->[1] } } map { @{ $_->{uses} } } @run;
	print $out sort keys %line;
	close $out;
}

# ---- policies ----

sub preset_exists {
	my ($name) = @_;
	return system("$pare propose --db '$folder/none.db' --preset $name >'$folder/preset' 2>&1") >> 8 != 2;
}

# [NAME, preset] or [NAME, siblings, whether recursive]
my @policy = map { [ $_, $_ ] } grep { preset_exists($_) } qw(balanced workspace literal);
push @policy, [ "$_ siblings", $_, 0 ] for 2, 3, 4, 5, 10, 50;
push @policy, [ "$_ siblings, deep", $_, 1 ] for 2, 3, 4, 5, 10, 50;

# A policy mined from some runs, as a file.
sub mine {
	my ($base, $file, $policy, @run) = @_;
	my $task = $run[0]{agent};
	if (@$policy == 2) {
		run_quietly($pare, "propose", "--quiet", "--db", "$base.db", "--agent", $task, "--preset", $policy->[1], "-o", $file,
			map { ("--task", $_->{task}) } @run);
		return;
	}
	open my $out, '>:utf8', $file or die "$file: $!\n";
	print $out quality_collapse::policy($task, merge(@run), @$policy[1, 2]);
	close $out;
}

# What the policy denies of a run: violations, as `pare check` has them.
# What exceeds a rate or a limit has no name of its own, and is a denial all the same.
sub named {
	my ($denied) = @_;
	return $denied if defined $denied->{name};
	my $rule = $denied->{rule} // {};
	my $what = $denied->{over} // $denied->{limit} // "limit";
	return { count => 1, resource => $rule->{resource} // "run", action => $rule->{action} // "take",
		name => "over its $what: " . ($rule->{pattern} // ""), %$denied };
}

sub denials {
	my ($base, $file, $run) = @_;
	my $json = JSON::PP->new->utf8;
	return map { named($json->decode($_)) } slurp_lines($pare, "check", "--quiet", "--json", "--db", "$base.db", $file, $run->{id});
}

sub splits {
	my (@run) = @_;
	my @split;
	for my $i (0 .. $#run) {
		push @split, [ "one", [ grep { $_ != $run[$i] } @run ], [ $run[$i] ] ];
		push @split, [ "forward", [ @run[ 0 .. $i - 1 ] ], [ $run[$i] ] ] if $i % 2;
	}
	my @variant = uniq map { $_->{variant} } @run;
	for my $variant (@variant > 1 ? @variant : ()) {
		push @split, [ "group", [ grep { $_->{variant} != $variant } @run ], [ grep { $_->{variant} == $variant } @run ] ];
	}
	return @split;
}

sub try_policy {
	my ($base, $file, $policy, @run) = @_;
	my %result = (name => $policy->[0]);
	for my $split (splits(@run)) {
		my ($way, $train, $test) = @$split;
		mine($base, $file, $policy, @$train);
		for my $run (@$test) {
			my @denied = denials($base, $file, $run);
			my $at = $result{$way} //= { runs => 0, denied => 0, accesses => 0, events => 0, violations => [] };
			$at->{runs}++;
			$at->{denied}++ if @denied;
			$at->{accesses} += @denied;
			$at->{events} += sum0(map { $_->{count} // 1 } @denied);
			push @{ $at->{violations} }, map { { run => $run->{number}, %$_ } } @denied if $way eq "one";
		}
	}
	return \%result;
}

sub add_excess {
	my ($base, $file, $result) = @_;
	open my $in, '<', $file or die "$file: $!\n";
	$result->{rules} = grep { /<rule / } <$in>;
	for (slurp_lines("$build/tests/bench/quality_excess", "$base/workspace", "$base/home", "$base/tmp", "$base.known", $cap,
		join(":", $base, @elsewhere), $file)) {
		if (/^! (\w) (.*) (\S+)$/) {
			push @{ $result->{protected} }, [ $1, $2, $3 ];
		} elsif (/^> (\d+) (.*)$/) {
			$result->{by_rule}{$2} = $1;
		} else {
			@$result{qw(walked excess risk secret startup config source cache)} = map { $_ + 0 } split;
		}
	}
}

# The runs of a task.
sub record_task {
	my ($task) = @_;
	my $base = "$folder/$task";
	make_path($base);
	perform($task, $base, 0);
	my @run;
	for my $number (1 .. $runs) {
		my $name = sprintf "run-%02d", $number;
		perform($task, $base, $number, $name);
		push @run, { number => $number, agent => $task, task => $name, variant => $number % $variants };
	}
	plant_siblings($base);
	my %id = map { @$_{qw(task run)} } map { JSON::PP->new->utf8->decode($_) } slurp_lines($pare, "runs", "--json", "--db", "$base.db");
	$_->{id} = $id{ $_->{task} } // die "$task: no run $_->{task}\n" for @run;
	return \@run;
}

sub measure {
	my ($policy, @run) = @_;
	my $base = "$folder/$run[0]{agent}";
	my $file = "$base-" . ($policy->[0] =~ s/\W+/-/gr) . ".xml";
	my $result = try_policy($base, $file, $policy, @run);
	mine($base, $file, $policy, @run);
	add_excess($base, $file, $result);
	return $result;
}

# Each [SUB, ARGUMENTS] in a process of its own, so many at once; what they return.
sub at_once {
	my @job = @_;
	my ($next, %running) = (0);
	while ($next < @job || %running) {
		if ($next < @job && keys %running < $jobs) {
			my $number = $next++;
			my ($does, @argument) = @{ $job[$number] };
			my $pid = fork // die "fork: $!\n";
			$running{$pid} = 1;
			next if $pid;
			my $result = $does->(@argument);
			open my $out, '>', "$folder/result.$number" or die "$number: $!\n";
			print $out JSON::PP->new->utf8->canonical->encode($result);
			close $out;
			exit 0;
		}
		delete $running{ +wait };
		next if !$?;
		1 while wait != -1;
		die "it could not be measured\n";
	}
	return map { local (@ARGV, $/) = "$folder/result.$_"; JSON::PP->new->utf8->decode(scalar <>) } 0 .. $#job;
}

sub measure_all {
	my @of = at_once(map { [ \&record_task, $_ ] } @task);
	for my $run (map { @$_ } @of) {
		$run->{uses} = uses_of("$folder/$run->{agent}", $run->{id});
	}
	write_known("$folder/$_->[0]{agent}.known", @$_) for @of;
	my @result = at_once(map { my $policy = $_; map { [ \&measure, $policy, @$_ ] } @of } @policy);
	return map { my $i = $_; { task => $task[$i], policies => [ map { $result[ $_ * @task + $i ] } 0 .. $#policy ] } } 0 .. $#task;
}

# A port that is free now, the same in every run.
$ENV{AGENT_PORT} //= do {
	require IO::Socket::INET;
	IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport;
};
my $start = time;
my @measured = measure_all();
mkdir $build;
open my $json, '>', "$build/quality.json" or die "$build/quality.json: $!\n";
print $json JSON::PP->new->utf8->canonical->encode({ runs => $runs, tasks => \@measured });
close $json;
my $is_good = quality_table::show(\@measured, { ours => $ours, limit => $limit, runs => $runs, cap => $cap, elsewhere => \@elsewhere,
	folder => $folder, verbose => $ENV{VERBOSE}, seconds => time - $start });
exit($is_good ? 0 : 1);
