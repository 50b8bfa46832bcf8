#!/usr/bin/perl
# round_trip.pl PARE FORMAT POLICY DIR [IMPORT-OPTION...]: exports the policy, imports what came out, and prints each
# difference that neither a loss of the export nor a note of the import explains.
#
# What the import lacks must be a loss of that very rule, or of the policy as a whole (narrowed, dropped, or left to
# another program), or stand in a note that this very thing was not read, or be of a resource in which that enforcer has
# no say ("nothing else of ..." does not name it) and grants nothing, or an abstract socket, which no pattern grants.
# What it has more must be a loss of the rule that it is wider than, or of the policy as a whole.
use strict;
use warnings;
use JSON::PP;

my ($pare, $format, $policy, $dir, @option) = @ARGV;
my ($file, $back) = ("$dir/$format.out", "$dir/$format.xml");

sub run { my @got = qx(@_); $? >> 8 > 3 and die "@_: $?"; return @got }
sub quoted { return "'" . $_[0] =~ s/'/'\\''/gr . "'" }

my @command = map { quoted($_) } $pare, $policy, $file, $back, $format;
system("$command[0] export --to $command[4] -o $command[2] $command[1] 2>$dir/export.err") == 0
	or die "export to $format: " . qx(cat $dir/export.err);
my $losses = decode_json(join '', run("$command[0] export --to $command[4] --losses --json $command[1] 2>/dev/null"));
my $options = join ' ', map { quoted($_) } @option;
system("$command[0] import --from $command[4] --agent demo $options -o $command[3] $command[2] 2>$dir/import.err") == 0
	or die "import from $format: " . qx(cat $dir/import.err);
open my $notes, '<', "$dir/import.err" or die;
my $noted = join '', <$notes>;
my @unread = $noted =~ /^unread +(.*)/mg;
my ($governed) = $noted =~ /granted; nothing else of ([a-z, ]+)/;
my %checked = map { $_ => 1 } split(/, /, $governed // ''), map { /<rule [^>]*resource="(\w+)"/ } run("cat $command[3]");

sub is_left_out {
	my ($rule) = @_;
	return 1 if !$checked{$rule->{resource}} || ($rule->{pattern} =~ /^@/ && ($governed // '') !~ /socket/);
	return scalar grep { index($_, $rule->{pattern}) >= 0 } @unread;
}

my (%less, %more);
for my $loss (@$losses) {
	my $rule = $loss->{rule} // '';
	($loss->{kind} eq 'widened' ? \%more : \%less)->{$rule}++;
}
for my $line (run("$command[0] diff --json $command[1] $command[3] 2>$dir/diff.err")) {
	my ($told) = $line =~ /^\{"change":"(\w+)"/ or die "diff: $line";
	next if $told eq 'protected'; # what is more is also told as such
	next if $more{''} && $told =~ /^(added|widened)$/; # before it is taken apart, which takes long
	my $change = decode_json($line);
	my ($kind, $id, $other) = ($change->{change}, $change->{rule}{id}, $change->{other} ? $change->{other}{id} : '');
	my $is_more = $kind eq 'added' || $kind eq 'widened';
	next if $is_more && ($more{''} || $more{$other} || $more{$id});
	next if !$is_more && ($less{$id} || $less{''} || is_left_out($change->{rule}));
	print "$kind $change->{rule}{resource} $change->{rule}{action} $change->{rule}{pattern} (@{$change->{conditions} || []})\n";
}
