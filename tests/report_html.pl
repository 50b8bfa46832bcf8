#!/usr/bin/perl
# report_html.pl PAGE JSON: holds each number of the page that says what it is (data-is) against what
# `pare audit --json` printed, and each link against what is there.  Prints what is wrong.
use strict;
use warnings;
use JSON::PP;

sub slurp {
	open my $file, '<:raw', $_[0] or die "$_[0]: $!\n";
	local $/;
	return <$file>;
}

my $page = slurp($ARGV[0]);
my $audit = JSON::PP->new->utf8->decode(slurp($ARGV[1]));
my %grant = map { $_->{id} => $_ } @{ $audit->{grants} };
my %cause = map { $_->{id} => $_ } @{ $audit->{owasp_llm06} };
my %use = map { ("$_->{resource} $_->{action}" => $_) } @{ $audit->{drift}{uses} };
my (%kind, %severity);
for (@{ $audit->{findings} }) {
	$kind{ $_->{kind} }++;
	$severity{ $_->{severity} }++;
}
my %count = (
	granted => scalar @{ $audit->{grants} },
	removals => scalar(grep { $_->{removal} } @{ $audit->{grants} }),
	narrowable => $audit->{states}{narrowable},
	high => ($severity{high} // 0) + ($severity{critical} // 0),
);
$count{new} += $_->{new} for @{ $audit->{drift}{uses} };

# The value that LIST/ID/MEMBER names; "" where the test of the database looks at it instead.
sub value_of {
	my ($list, @path) = split m{/}, $_[0];
	return $count{ $path[0] } // "" if $list eq "count";
	return $audit->{states}{ $path[0] } if $list eq "states";
	return $kind{ $path[0] } if $list eq "kinds";
	my $at = { grants => \%grant, drift => \%use, owasp_llm06 => \%cause, blast => $audit->{blast} }->{$list};
	for (@path) { $at = ref $at eq "HASH" ? $at->{$_} : undef }
	return $at;
}

my ($seen, %checked) = (0);
while ($page =~ /data-is="([^"]+)"[^>]*>([^<]*)</g) {
	my ($is, $shown) = ($1, $2);
	my $want = value_of($is);
	if (!defined $want) {
		print "$is is not in the JSON\n";
		next;
	}
	next if $want eq "";
	$shown =~ tr/,//d;
	$want = substr $want, 0, 10 if $want =~ /^\d{4}-\d\d-\d\dT/;
	print "$is: the page says $shown, the JSON $want\n" if $shown ne $want;
	$seen++;
	$checked{$1}++ if $is =~ m{^([a-z0-9_]+)/};
}
print "only $seen numbers were compared\n" if $seen < 20;

# Every permission and every finding has its row, and every link leads somewhere.
my %id;
$id{$1}++ while $page =~ /\bid="([^"]+)"/g;
for (keys %grant, map { $_->{id} } @{ $audit->{findings} }) { print "nothing has the id $_\n" if !$id{$_} }
while ($page =~ /href="#([^"]+)"/g) { print "a link to $1, which is not there\n" if !$id{$1} }
for my $finding (@{ $audit->{findings} }) {
	for (@{ $finding->{evidence} }) {
		my $row = sprintf "e-%.12s-%d", $_->{run}, $_->{seq};
		print "$finding->{id}: the evidence $row is not in the page\n" if !$id{$row};
		print "$finding->{id}: $row is not in the database\n" if $page =~ /id="$row".{0,120}no such access/s;
	}
}
