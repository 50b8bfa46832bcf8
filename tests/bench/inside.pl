#!/usr/bin/perl
# inside.pl FILE COMMAND...: runs the command, and writes to FILE how many seconds it took.
use strict;
use warnings;
use Time::HiRes qw(time);
my $file = shift;
my $start = time;
my $status = system { $ARGV[0] } @ARGV;
my $took = time - $start;
open my $out, '>', $file or die "$file: $!";
print $out "$took\n";
exit($status >> 8 || $status & 127);
