#!/usr/bin/perl
# Reads what `strace -f -y -s 9000 -e trace=%file -o FILE` wrote, and prints each path that a call
# was given, as the program said it, one a line; for an empty path (AT_EMPTY_PATH) the path of the
# descriptor.  What strace prints that is no path argument is left out: the text of a link, the
# result of readlink and getcwd.
use strict;
use warnings;

my %path_at = (    # which quoted strings are paths, counted from 0; by default the first
	symlink => [1], symlinkat => [1], rename => [ 0, 1 ], renameat => [ 0, 1 ],
	renameat2 => [ 0, 1 ], link => [ 0, 1 ], linkat => [ 0, 1 ], getcwd => [],
	mount => [1], execve => [0], execveat => [0],
);

sub unquote {
	my ($text) = @_;
	my %letter = ( n => "\n", t => "\t", r => "\r", v => "\x0b", f => "\x0c" );
	$text =~ s/\\([0-7]{1,3})|\\(.)/defined $1 ? chr oct $1 : $letter{$2} \/\/ $2/ge;
	return $text;
}

my (%seen, %unfinished);
while (my $line = <>) {
	chomp $line;
	my ($pid, $rest) = $line =~ /^(\d+)\s+(.*)$/ or next;
	if ($rest =~ s/\s*<unfinished \.\.\.>$//) { $unfinished{$pid} = $rest; next; }
	if ($rest =~ s/^<\.\.\. (\w+) resumed>//) { $rest = ($unfinished{$pid} // "") . $rest; }
	my ($call, $arguments) = $rest =~ /^(\w+)\((.*)$/ or next;
	my @string;
	while ($arguments =~ /"((?:[^"\\]|\\.)*)"/g) { push @string, $1; }
	for my $i (@{ $path_at{$call} // [0] }) {
		next unless defined $string[$i];
		my $path = unquote($string[$i]);
		if ($path eq "") { $path = $arguments =~ /^\d+<([^>]*)>/ ? unquote($1) : next; }
		next if $path =~ /\n/ || $path =~ /^(pipe|socket|anon_inode):/;
		$seen{$path} = 1;
	}
}
print "$_\n" for sort keys %seen;
