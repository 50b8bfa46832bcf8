#!/usr/bin/perl
# What did strace see that pare did not?
#   differ.pl EVIDENCE FOLDER STEADY
# EVIDENCE: lines "resource TAB action TAB outcome TAB name TAB requested" of one run.  FOLDER: what
# `strace -ff -y -yy -s 9000 -e trace=%file,%network -o FOLDER/s` wrote of another run of the same
# command.  STEADY: a file of Perl substitutions, one a line, that make names alike which differ in
# every run; they are applied to both sides.  Prints each access of strace that is not in EVIDENCE,
# and on standard error how many there were in all.
use strict;
use warnings;

my ($evidence, $folder, $steady) = @ARGV;

# How a call's arguments name what it touches: [ action, path argument, folder argument or undef ].
# An action "open" depends on the flags.
my %calls = (
	open       => [ [ "open", 0, undef, 1 ] ], creat => [ [ "open", 0, undef ] ],
	openat     => [ [ "open", 1, 0, 2 ] ], openat2 => [ [ "open", 1, 0, 2 ] ],
	execve     => [ [ "exec", 0 ] ], execveat => [ [ "exec", 1, 0 ] ],
	rename     => [ [ "rename", 0 ], [ "create", 1 ] ],
	renameat   => [ [ "rename", 1, 0 ], [ "create", 3, 2 ] ],
	renameat2  => [ [ "rename", 1, 0 ], [ "create|rename", 3, 2 ] ],
	link       => [ [ "link", 0 ], [ "create", 1 ] ],
	linkat     => [ [ "link", 1, 0 ], [ "create", 3, 2 ] ],
	symlink    => [ [ "create", 1 ] ], symlinkat => [ [ "create", 2, 1 ] ],
	mkdir      => [ [ "create", 0 ] ], mkdirat => [ [ "create", 1, 0 ] ],
	mknod      => [ [ "create", 0 ] ], mknodat => [ [ "create", 1, 0 ] ],
	unlink     => [ [ "delete", 0 ] ], rmdir => [ [ "delete", 0 ] ], unlinkat => [ [ "delete", 1, 0 ] ],
	truncate   => [ [ "write", 0 ] ],
	chmod      => [ [ "attr", 0 ] ], fchmodat => [ [ "attr", 1, 0 ] ],
	chown      => [ [ "attr", 0 ] ], lchown => [ [ "attr", 0 ] ], fchownat => [ [ "attr", 1, 0 ] ],
	utime      => [ [ "attr", 0 ] ], utimes => [ [ "attr", 0 ] ], utimensat => [ [ "attr", 1, 0 ] ],
	futimesat  => [ [ "attr", 1, 0 ] ],
	setxattr   => [ [ "attr", 0 ] ], lsetxattr => [ [ "attr", 0 ] ],
	removexattr => [ [ "attr", 0 ] ], lremovexattr => [ [ "attr", 0 ] ],
	newfstatat => [ [ "stat", 1, 0 ] ], statx => [ [ "stat", 1, 0 ] ],
	faccessat  => [ [ "stat", 1, 0 ] ], faccessat2 => [ [ "stat", 1, 0 ] ],
	readlinkat => [ [ "stat", 1, 0 ] ], name_to_handle_at => [ [ "stat", 1, 0 ] ],
	inotify_add_watch => [ [ "stat", 1 ] ], fanotify_mark => [ [ "stat", 4, 3 ] ],
	mount      => [ [ "stat", 1 ] ], umount2 => [ [ "stat", 0 ] ], chroot => [ [ "stat", 0 ] ],
	pivot_root => [ [ "stat", 0 ], [ "stat", 1 ] ],
	map { $_ => [ [ "stat", 0 ] ] } qw(stat lstat access readlink statfs chdir getxattr lgetxattr
		listxattr llistxattr),
);
# The address argument of a call, and what it does there.
my %network = ( connect => [ "connect", 1 ], bind => [ "bind", 1 ], sendto => [ "send", 4 ],
	sendmsg => [ "send", 1 ], sendmmsg => [ "send", 1 ] );
# In %file or %network, but they name nothing: the folder they are in, descriptors they have.
my %nothing = map { $_ => 1 } qw(getcwd socket socketpair getsockname getpeername setsockopt getsockopt
	recvfrom recvmsg recvmmsg shutdown listen accept accept4 fanotify_init);

my @steady = do {
	open my $file, '<', $steady or die "$steady: $!\n";
	map { chomp; $_ } grep { /\S/ && !/^#/ } <$file>;
};
my $make_steady = eval 'sub { local $_ = shift; ' . join('', map { "$_;" } @steady) . ' $_ }' or die $@;

# The bytes of a string as strace quotes them, written as pare writes them.
sub unquote {
	my ($text) = @_;
	my %letter = ( n => "\n", t => "\t", r => "\r", v => "\x0b", f => "\x0c" );
	$text =~ s/\\([0-7]{1,3})|\\(.)/defined $1 ? chr oct $1 : $letter{$2} \/\/ $2/ge;
	return escape($text);
}

sub escape {
	my ($text) = @_;
	$text =~ s/([\x00-\x1f\x7f-\xff\\])/$1 eq "\\" ? "\\\\" : sprintf "\\x%02x", ord $1/ge;
	return $text;
}

# The arguments of a call, split at the commas that are not within anything.
sub arguments {
	my ($rest) = @_;
	my (@argument, $depth);
	$argument[0] = "";
	$depth = 0;
	while ($rest =~ /\G("(?:[^"\\]|\\.)*"(?:\.\.\.)?|(?<=[0-9D])<(?:[^>\\]|\\.)*>|.)/gs) {
		my $piece = $1;
		if ($piece =~ /^[\[{(]$/) { $depth++; }
		if ($piece =~ /^[\]})]$/) { return @argument if $depth-- == 0; }
		if ($piece eq "," && $depth == 0) { push @argument, ""; next; }
		$argument[-1] .= $piece unless $piece eq " " && $argument[-1] eq "";
	}
	return @argument;
}

# Folds "//", "." and "..".
sub fold {
	my ($path) = @_;
	my @part;
	for (split m{/+}, $path) {
		next if $_ eq "" || $_ eq ".";
		if ($_ eq "..") { pop @part; next; }
		push @part, $_;
	}
	return "/" . join "/", @part;
}

# Of a descriptor as -y prints it.
sub path_of { return ($_[0] // "") =~ /^(?:\d+|AT_FDCWD)<((?:[^>\\]|\\.)*)>/ ? unquote($1 =~ s/<.*//r) : undef; }

sub outcome {
	my ($call, $result) = @_;
	return "?" if $result =~ /^\?/;
	my ($error) = $result =~ /^-1 (\w+)/ or return "ok";
	return "ok" if $error eq "EINPROGRESS" || ($call =~ /^readlink/ && $error eq "EINVAL");
	return "absent" if $error =~ /^(ENOENT|ENOTDIR)$/;
	return "denied" if $error =~ /^(EACCES|EPERM|EROFS)$/;
	return "failed";
}

# What open(2) with these flags must have been seen to do.  That it creates is only certain with
# O_EXCL; a folder may be read by somebody who does not say O_DIRECTORY.
sub open_actions {
	my ($flags) = @_;
	return ("stat") if $flags =~ /O_PATH/;
	my $write = $flags =~ /O_APPEND/ && $flags !~ /O_TRUNC/ ? "append" : "write";
	my @action;
	push @action, "create" if $flags =~ /O_EXCL/ && $flags =~ /O_CREAT/ || $flags =~ /O_TMPFILE/;
	push @action, $write if $flags =~ /O_WRONLY|O_RDWR|O_TRUNC/;
	push @action, "read|list" if $flags =~ /O_RDWR/ || ($flags =~ /O_RDONLY/ && $flags !~ /O_TRUNC/);
	return @action;
}

my (%have, %count, %missing);
open my $rows, '<', $evidence or die "$evidence: $!\n";
while (<$rows>) {
	chomp;
	my ($resource, $action, $outcome, $name, $requested) = map { $make_steady->($_) } split /\t/, $_, -1;
	$have{"$resource $action $outcome"}{name}{$name} = 1;
	$have{"$resource $action $outcome"}{requested}{$requested} = 1 if $requested ne "";
	$name =~ s{^(?:tcp|udp|icmp|raw|ip|sctp)/}{};
	$have{"$resource $action $outcome"}{address}{$name} = 1;
}

# Whether an access is there, under any of these actions and, where strace saw no end, any outcome.
sub is_there {
	my ($resource, $actions, $outcome, $kind, @names) = @_;
	for my $action (split /\|/, $actions) {
		for my $end ($outcome eq "?" ? qw(ok absent denied failed unknown) : $outcome) {
			my $known = $have{"$resource $action $end"} or next;
			for my $name (@names) { return 1 if $known->{$kind}{$name}; }
		}
	}
	return 0;
}

sub expect_path {
	my ($line, $resource, $actions, $outcome, $path, $start, $got) = @_;
	my @names = ($path =~ m{^/} ? fold($path) : defined $start ? fold("$start/$path") : ());
	push @names, fold($got) if defined $got && $got =~ m{^/};
	@names = map { $make_steady->($_) } @names;
	$count{ join "\t", $resource, $actions, $outcome, $names[0] // $path } = 1;
	return if is_there($resource, $actions, $outcome, "name", @names);
	return if is_there($resource, $actions, $outcome, "requested", $make_steady->($path));
	$missing{"$resource $actions " . ($names[0] // $path) . " $outcome\t$line"} = 1;
}

sub expect_file {
	my ($line, $call, $result, $start_of, @argument) = @_;
	my $outcome = outcome($call, $result);
	my $resource = $call =~ /^exec/ ? "program" : "file";
	return if $result =~ /EFAULT/;    # no name was read
	for my $row (@{ $calls{$call} }) {
		my ($action, $at, $folder, $flags) = @$row;
		my $start = defined $folder ? path_of($argument[$folder]) : $start_of;
		my $given = $argument[$at] // "";
		my $path = $given =~ /^"(.*)"$/s ? unquote($1) : undef;
		# A descriptor itself: AT_EMPTY_PATH or NULL.
		if (!defined $path || $path eq "") {
			# Without one, an empty path names nothing: open(2), ENOENT.
			next if !defined $start || $start !~ m{^/} || $argument[$folder // 0] =~ /^AT_FDCWD/ && $outcome ne "ok";
			# Looking at an open descriptor is what fstat(2) does, which needs no permission.
			next if $action eq "stat" && $argument[$folder // 0] !~ /^AT_FDCWD/;
			($path, $start) = ($start =~ s/ \(deleted\)$//r, undef);
		}
		my $got = $action eq "open" ? path_of($result) : undef;
		my @action = $action eq "open" ? open_actions($flags ? $argument[$flags] : "O_WRONLY|O_TRUNC") : $action;
		expect_path($line, $resource, $_, $outcome, $path, $start, $got) for @action;
	}
}

sub expect_address {
	my ($line, $call, $result, $start, @argument) = @_;
	my ($action, $at) = @{ $network{$call} };
	my $address = $argument[$at] // "";
	my $outcome = outcome($call, $result);
	if ($address =~ /sa_family=AF_INET6?, sin6?_port=htons\((\d+)\)/) {
		my $port = $1;
		my ($host) = $address =~ /"([^"]+)"/;
		$host =~ s/^::ffff:(?=\d+\.)//;
		$host = "[$host]" if $host =~ /:/;
		my $name = $make_steady->("$host:$port");
		$count{"host\t$action\t$outcome\t$name"} = 1;
		$missing{"host $action $name $outcome\t$line"} = 1
			unless is_there("host", $action, $outcome, "address", $name);
	} elsif ($address =~ /sa_family=AF_UNIX, sun_path=(\@?)"((?:[^"\\]|\\.)*)"/) {
		my $name = $1 . unquote($2);
		if ($1) {
			$count{"socket\t$action\t$outcome\t$name"} = 1;
			$missing{"socket $action $name $outcome\t$line"} = 1
				unless is_there("socket", $action, $outcome, "name", $make_steady->($name));
		} else {
			# The object behind the path is named, and links on the way are looked up.
			$name =~ s{^/var/run/}{/run/} if -l "/var/run";
			expect_path($line, "socket", $action, $outcome, $name, $start, undef);
		}
	} elsif ($address =~ /sa_family=AF_NETLINK/) {
		$count{"kernel\tuse\t$outcome\tnetlink"} = 1;
		$missing{"kernel use netlink $outcome\t$line"} = 1
			unless is_there("kernel", "use", $outcome, "name", "netlink");
	}
}

for my $trace (glob "$folder/s.*") {
	my $start;
	open my $file, '<', $trace or die "$trace: $!\n";
	while (my $line = <$file>) {
		chomp $line;
		$start = unquote($1) if $line =~ /AT_FDCWD<((?:[^>\\]|\\.)*)>/;
		my ($call, $rest) = $line =~ /^(\w+)\((.*)$/ or next;
		my ($result) = $rest =~ /.*\)\s+= (.*)$/ ? $1 : "?";
		my @argument = arguments($rest);
		$result = "?" if $result =~ /ERESTART/;
		if ($calls{$call}) { expect_file($line, $call, $result, $start, @argument); }
		elsif ($network{$call}) { expect_address($line, $call, $result, $start, @argument); }
		elsif (!$nothing{$call}) { $missing{"no rule for $call\t$line"} = 1; }
		# What it does next starts elsewhere; its next AT_FDCWD says where.
		$start = undef if $call =~ /chdir|chroot|pivot_root/;
	}
}
my %shown;
for (sort keys %missing) {
	my ($what, $line) = split /\t/, $_, 2;
	print "$what\n    ", substr($line, 0, 300), "\n" unless $shown{$what}++;
}
print STDERR scalar(keys %count), "\n";
