# /usr/bin/perl
use strict;
use warnings;

# Reads the syslog of the appliance gateway and counts finished sessions.
my (%count, %files, $total);
my $previous = 0;

while (my $line = <>) {
    next unless $line =~ /^(\w{3}\s+\d+)\s+(\d\d):\d\d:\d\d/;
    my ($day, $hour) = ($1, $2);
    if ($line =~ /session end lsid=(\d+) files=(\d+)/) {
        my ($lsid, $files) = ($1, $2);
        $count{$day}++;
        $files{$day} += $files;
        $total++;
        if ($lsid - $previous > 1 && $previous) {
            print "lines missing before $day $hour h\n";
        }
        $previous = $lsid;
    }
    elsif ($line =~ /login failed user=(\S+) tries=(\d+)/) {
        print "user $1 failed $2 times\n" if $2 > 3;
    }
}

for my $day (sort keys %count) {
    printf "%-8s %5d sessions %5d files\n", $day, $count{$day}, $files{$day};
}
print "total ", $total || 0, "\n";
