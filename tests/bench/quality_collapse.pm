# The baseline of quality.pl: what most tools do, count siblings.  Where N or more names were used in
# one folder, in the same way,
#   recursive    everything below the folder is admitted (folder/**)
#   one segment  any name is, one component deep; what was used below them is put together (folder/*/b)
# Written for these measurements from descriptions of such tools.  In favour of the baseline: "/" is
# never collapsed, reading and each kind of writing are counted apart, programs, hosts and sockets stay
# as they are, and a delete is opened only for what the run created, because a policy of pare takes no
# other; names of deletes that were no run's own stay as they are.
package quality_collapse;
use strict;
use warnings;

sub insert {
	my ($trie, $pattern) = @_;
	$trie = $trie->{child}{$_} //= {} for grep { length } split m{/}, $pattern;
	$trie->{used} = 1;
}

sub unite {
	my ($into, $from) = @_;
	$into->{used} ||= $from->{used};
	unite($into->{child}{$_} //= {}, $from->{child}{$_}) for keys %{ $from->{child} // {} };
}

sub segments {
	my ($node, $limit, $is_root) = @_;
	my $child = $node->{child} // return;
	if (!$is_root && keys %$child >= $limit) {
		my $any = {};
		unite($any, $_) for values %$child;
		$child = $node->{child} = { '*' => $any };
	}
	segments($_, $limit, 0) for values %$child;
}

sub subtrees {
	my ($node, $limit, $is_root) = @_;
	my $child = $node->{child} // return;
	subtrees($_, $limit, 0) for values %$child;
	$node->{child} = { '**' => { used => 1 } } if !$is_root && keys %$child >= $limit;
}

sub patterns {
	my ($node, $path, $found) = @_;
	push @$found, length $path ? $path : "/" if $node->{used};
	for my $name (keys %{ $node->{child} // {} }) {
		patterns($node->{child}{$name}, $name =~ /^\$(WS|HOME|TMP)$/ && $path eq "" ? $name : "$path/$name", $found);
	}
}

# The patterns that N siblings make of exact ones.
sub collapse {
	my ($exact, $limit, $is_recursive) = @_;
	my (%trie, @found);
	# The root of patterns that begin with $WS is another than "/".
	insert($trie{ /^(\$\w+)/ ? $1 : "/" } //= {}, $_ =~ s/^\$\w+//r) for @$exact;
	for my $root (sort keys %trie) {
		($is_recursive ? \&subtrees : \&segments)->($trie{$root}, $limit, $root eq "/");
		patterns($trie{$root}, $root eq "/" ? "" : $root, \@found);
	}
	return @found;
}

sub xml {
	my ($text) = @_;
	my %entity = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;');
	return $text =~ s/([&<>"])/$entity{$1}/gr;
}

sub rule {
	my ($resource, $action, $pattern, $own) = @_;
	my $why = $pattern =~ m{/\*\*?(/|$)} ? "<justification>many siblings</justification>" : "";
	return sprintf qq(  <rule resource="%s" action="%s"%s><pattern>%s</pattern>%s</rule>\n), $resource, $action,
		$own ? ' own="true"' : "", xml($pattern), $why;
}

# The policy of evidence: { resource => { action => { exact pattern => whether each was the run's own } } }.
sub policy {
	my ($agent, $evidence, $limit, $is_recursive) = @_;
	my $text = qq(<?xml version="1.0" encoding="UTF-8"?>\n<policy xmlns="urn:pare:policy:1" agent="$agent">\n);
	for my $resource (sort keys %$evidence) {
		for my $action (sort keys %{ $evidence->{$resource} }) {
			my $used = $evidence->{$resource}{$action};
			my $is_delete = $action eq "delete";
			my @counted = grep { $resource eq "file" && m{^[/\$]} && (!$is_delete || $used->{$_}) } sort keys %$used;
			my %counted = map { $_ => 1 } @counted;
			$text .= rule($resource, $action, $_, 0) for grep { !$counted{$_} } sort keys %$used;
			$text .= rule($resource, $action, $_, $is_delete) for sort(collapse(\@counted, $limit, $is_recursive));
		}
	}
	return "$text</policy>\n";
}

1;
