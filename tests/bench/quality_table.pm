# What quality.pl prints: a table of the policies, whether ours does what it should, and what it denied.
package quality_table;
use strict;
use warnings;
use List::Util qw(max min sum0);

sub share {
	my ($of) = @_;
	return $of && $of->{runs} ? $of->{denied} / $of->{runs} : undef;
}

sub mean {
	my @known = grep { defined } @_;
	return @known ? sum0(@known) / @known : undef;
}

sub percent {
	my ($share) = @_;
	return defined $share ? sprintf "%.0f %%", 100 * $share : "-";
}

# One row a policy: sums over the tasks, and means of the shares.
sub rows {
	my ($tasks) = @_;
	my @row;
	for my $i (0 .. $#{ $tasks->[0]{policies} }) {
		my @of = map { $_->{policies}[$i] } @$tasks;
		my %row = (name => $of[0]{name}, of => \@of);
		for my $way (qw(one group forward)) {
			$row{$way} = mean(map { share($_->{$way}) } @of);
		}
		for my $number (qw(accesses events denied runs)) {
			$row{$number} = sum0(map { $_->{one}{$number} } @of);
		}
		for my $number (qw(rules excess risk secret startup config source cache)) {
			$row{$number} = sum0(map { $_->{$number} } @of);
		}
		push @row, \%row;
	}
	return @row;
}

sub print_rows {
	my ($tasks, @row) = @_;
	printf "%-18s %7s %7s %7s %7s  %s %8s %7s %8s %10s %6s %7s %7s %7s %7s\n", qw(policy rules one group forward),
		join(" ", map { sprintf "%7s", $_->{task} } @$tasks), qw(accesses events excess risk secret startup config source cache);
	for my $row (@row) {
		printf "%-18s %7d %7s %7s %7s  %s %8d %7d %8d %10d %6d %7d %7d %7d %7d\n", $row->{name}, $row->{rules},
			(map { percent($row->{$_}) } qw(one group forward)),
			join(" ", map { sprintf "%7s", "$_->{one}{denied}/$_->{one}{runs}" } @{ $row->{of} }),
			@$row{qw(accesses events excess risk secret startup config source cache)};
	}
}

sub legend {
	my ($tasks, $with) = @_;
	print <<"END";
rules: of the policies of all runs.  one: share of the runs in which anything is denied by the policy of the other
runs of the task (mean over the tasks; then by task, then how many distinct accesses and events in all).  group: by the
policy of the other ways to do the task.  forward: every second run, by the policy of the runs before it.
excess: pairs of an object that is there and a kind of access (read, write, delete, execute) which the policies admit and no
run has used; risk: the same, each with the weight of the object (secret 1000, started unasked 300, configuration 30,
source and the rest 5, cache and temporary 1) times that of the access (execute 10, delete 5, write 3, read 1); then by object.
END
	printf "Walked for each task: its folder and %s, at most %d objects, a quarter in each, breadth first; reached: %s.\n\n",
		join(" ", @{ $with->{elsewhere} }), $with->{cap},
		join ", ", map { "$_->{task} $_->{policies}[0]{walked}" } @$tasks;
}

# ---- whether it is as it should be ----

# A mean of shares is not exact.
use constant ROUNDING => 1e-9;

# The sibling counts that deny as little as ours does, or as is wanted.
sub rivals {
	my ($ours, $with, @row) = @_;
	my $reached = max($ours->{one}, $with->{limit}) + ROUNDING;
	return grep { $_->{name} =~ /siblings/ && $_->{one} <= $reached } @row;
}

sub failures {
	my ($ours, $with, @row) = @_;
	my @failure;
	push @failure, sprintf "%s denies something to %s of the held-out runs (%d of %d), at most %s is wanted", $ours->{name},
		percent($ours->{one}), $ours->{denied}, $ours->{runs}, percent($with->{limit})
		if $ours->{one} > $with->{limit} + ROUNDING;
	push @failure, sprintf "%s admits protected objects that no run used: %d secret, %d startup", $ours->{name}, @$ours{qw(secret startup)}
		if $ours->{secret} + $ours->{startup};
	for my $row (rivals($ours, $with, @row)) {
		for my $number (qw(excess risk)) {
			push @failure, sprintf "%s: %s is not below that of %s, which denies something to %s: %d and %d", $ours->{name},
				$number, $row->{name}, percent($row->{one}), $ours->{$number}, $row->{$number} if $ours->{$number} >= $row->{$number};
		}
	}
	return @failure;
}

# ---- what was denied ----

sub place {
	my ($name, $base) = @_;
	my %root = (workspace => '$WS', home => '$HOME', tmp => '$TMP');
	$name =~ s{^\Q$base\E/$_(?=/|$)}{$root{$_}} for keys %root;
	return $name;
}

# What varies in a name, as far as it can be told from one.
sub kind_of_name {
	my ($name) = @_;
	return $name if $name !~ m{/};
	$name =~ s/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/<uuid>/g;
	$name =~ s{/[0-9a-f]{2}/[0-9a-f]{38}(?=/|$)}{/<hex 2>/<hex 38>}g;
	$name =~ s{/objects/[0-9a-f]{2}(?=/|$)}{/objects/<hex 2>}g;
	$name =~ s/\b[0-9a-f]{16,}\b/"<hex " . length($&) . ">"/ge;
	$name =~ s/\d{4}-\d\d-\d\dT[0-9_]+Z/<time>/g;
	$name =~ s/\d{4}-\d\d-\d\d/<date>/g;
	$name =~ s{(?<![<0-9A-Za-z ])\d+}{<number>}g;
	$name =~ s{(?<=tmp_obj_|shop-...|archive\.)\w{6,8}}{<chance>}g;
	$name =~ s{(?<=/tmp\.|/sed|/tmp|shop-|/cc)(?=\w*[0-9A-Z_])\w{6,10}(?=[./]|$)}{<chance>}g;
	return $name;
}

sub print_denials {
	my ($row, $with, $tasks) = @_;
	for my $i (0 .. $#$tasks) {
		my $task = $tasks->[$i]{task};
		my %group;
		for my $denied (@{ $row->{of}[$i]{one}{violations} }) {
			my $name = place($denied->{name}, "$with->{folder}/$task");
			my $key = "$denied->{resource} " . kind_of_name($name);
			my $at = $group{$key} //= { action => {}, run => {}, name => {} };
			$at->{action}{ $denied->{action} }++;
			$at->{run}{ $denied->{run} }++;
			$at->{name}{$name}++;
			$at->{nearest} //= $denied->{nearest} && "$denied->{nearest}{action} $denied->{nearest}{pattern}";
		}
		my @key = sort { keys %{ $group{$b}{run} } <=> keys %{ $group{$a}{run} } || $a cmp $b } keys %group;
		printf "\n%s: %d of %d held-out runs, for %d kinds of names\n", $task, @{ $row->{of}[$i]{one} }{qw(denied runs)}, scalar @key if @key;
		my $shown = $with->{verbose} ? @key : min(12, scalar @key);
		for my $key (@key[ 0 .. $shown - 1 ]) {
			my $at = $group{$key};
			my @name = sort keys %{ $at->{name} };
			printf "  %s\n    %s; in runs %s; %d names%s\n    nearest: %s\n", $key, join(" ", sort keys %{ $at->{action} }),
				join(" ", sort { $a <=> $b } keys %{ $at->{run} }), scalar @name,
				$name[0] eq $key =~ s/^\S+ //r ? "" : ": " . join(", ", @name[ 0 .. min(2, $#name) ]), $at->{nearest} // "none";
		}
		printf "  and %d kinds more (VERBOSE=1)\n", @key - $shown if @key > $shown;
	}
}

sub print_protected {
	my ($with, $tasks, @row) = @_;
	my %kind = (r => "read", w => "write", d => "delete", x => "execute");
	for my $row (@row) {
		for my $i (0 .. $#$tasks) {
			my @protected = @{ $row->{of}[$i]{protected} // [] };
			printf "%s, %s: may %s %s (%s)\n", $row->{name}, $tasks->[$i]{task}, $kind{ $_->[0] },
				place($_->[1], "$with->{folder}/$tasks->[$i]{task}"), $_->[2] for @protected;
		}
	}
}

# Which permissions admit what was not used.
sub print_excess {
	my ($row, $tasks) = @_;
	for my $i (0 .. $#$tasks) {
		my $of = $row->{of}[$i]{by_rule} // {};
		my @rule = sort { $of->{$b} <=> $of->{$a} || $a cmp $b } keys %$of;
		printf "excess of %s, %s: %d by %s\n", $row->{name}, $tasks->[$i]{task}, $of->{$_}, $_ for @rule[ 0 .. min(4, $#rule) ];
	}
}

# Prints it all; whether it is as it should be.
sub show {
	my ($tasks, $with) = @_;
	my @row = rows($tasks);
	my ($ours) = grep { $_->{name} eq $with->{ours} } @row;
	die "there is no policy $with->{ours}\n" if !$ours;
	printf "%d runs of each task; %.0f s\n\n", $with->{runs}, $with->{seconds};
	print_rows($tasks, @row);
	print "\n";
	legend($tasks, $with);
	print_protected($with, $tasks, $with->{verbose} ? @row : $ours);
	print_excess($ours, $tasks);
	my @failure = failures($ours, $with, @row);
	if (@failure) {
		print "It does not hold:\n", map { "  $_\n" } @failure;
		print_denials($ours, $with, $tasks);
		return 0;
	}
	my @rival = rivals($ours, $with, @row);
	printf "It holds: %s denies something to %s of the held-out runs (%d of %d), at most %s is wanted; it admits nothing protected that no\n"
		. "run used; its excess is %d, that of sibling counts that deny as little %s.\n", $ours->{name}, percent($ours->{one}),
		@$ours{qw(denied runs)}, percent($with->{limit}), $ours->{excess},
		@rival ? "from " . min(map { $_->{excess} } @rival) . " up (" . join("; ", map { $_->{name} } @rival) . ")" : "not to be told, as there are none";
	print_denials($ours, $with, $tasks);
	return 1;
}

1;
