# Names the rows of a .def table that stand twice, or whose key another row of the same kind has.
# The key is the first column; for PAIR, which only pairs words, it is both.
use strict;
use warnings;

my ($path) = @ARGV;
open my $file, '<', $path or die "$path: $!\n";
my $text = do { local $/; <$file> };
my (%seen, $rows);
$text =~ s{(/\*.*?\*/)}{ $1 =~ tr/\n//cdr }gse;     # comments leave their line ends
$text =~ s{^[ \t]*\#[^\n]*}{}gm;                    # as do #ifndef, #define, #undef
while ($text =~ /\b([A-Z][A-Z0-9_]*)\(((?:[^()"]|"(?:\\.|[^"\\])*"|\((?:[^()]|\([^()]*\))*\))*)\)/g) {
	my ($kind, $columns) = ($1, $2);
	my $line = 1 + (substr($text, 0, $-[0]) =~ tr/\n//);
	$columns =~ s/\s+/ /g;
	$columns =~ s/^ | $//g;
	my ($key) = $kind eq 'PAIR' ? $columns : $columns =~ /^("(?:\\.|[^"\\])*"|[^,]*)/;
	$key =~ s/\s+//g;
	$rows++;
	my $at = $seen{"$kind $key"};
	print "$path:$line: $kind($key) stands already in line $at\n" if $at;
	$seen{"$kind $key"} //= $line;
}
print "$path: no rows\n" if !$rows;
