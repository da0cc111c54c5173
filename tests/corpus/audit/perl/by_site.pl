# /usr/bin/perl
use strict;
use warnings;
use XML::Simple qw(:strict);
use Getopt::Long;

my ($file, $top) = ('report.xml', 10);
GetOptions('file=s' => \$file, 'top=i' => \$top) or die "usage\n";

my $data = XMLin($file, ForceArray => ['session'], KeyAttr => {});

my (%site, %seen);
for my $s (@{ $data->{session} }) {
    my $lsid = $s->{lsid};
    next if $seen{$lsid}++;
    my $name = $s->{public_site}{content} // 'none';
    my ($h, $m, $sec) = split /:/, $s->{duration};
    $site{$name}{seconds} += $h * 3600 + $m * 60 + $sec;
    $site{$name}{count}++;
    push @{ $site{$name}{lsids} }, $lsid;
}

my @names = sort { $site{$b}{count} <=> $site{$a}{count} } keys %site;
splice @names, $top if @names > $top;

for my $name (@names) {
    printf "%-30s %5d %8d  %s\n",
        $name, $site{$name}{count}, int($site{$name}{seconds} / 60),
        $site{$name}{lsids}[0];
}

my @odd = grep { length($_) != 32 } keys %seen;
warn scalar(@odd), " ids with another length, int(lsid) no longer holds\n" if @odd;
