# /usr/bin/perl
use strict;
use warnings;
use XML::Twig;
use File::Path qw(make_path);

# Splits a large report into one file per session.
my ($report, $target) = @ARGV;
die "usage: $0 report.xml folder\n" unless $target;

my %written;
my $twig = XML::Twig->new(
    twig_handlers => { session => \&one },
    pretty_print  => 'indented',
);
$twig->parsefile($report);

printf "%d files\n", scalar keys %written;
for my $lsid (sort { $written{$a} <=> $written{$b} } keys %written) {
    print "$lsid\n";
}

sub one {
    my ($t, $s) = @_;
    my $lsid = $s->att('lsid');
    unless ($lsid =~ /\A[0-9a-fA-F]{32}\z/) {
        warn "skipped: $lsid\n";
        $t->purge;
        return;
    }
    my $stamp = $s->first_child('start_time')->att('timestamp');
    my @t = gmtime(int $stamp);
    my $dir = sprintf '%s/%04d/%02d', $target, $t[5] + 1900, $t[4] + 1;
    make_path($dir);
    open my $fh, '>', "$dir/$lsid.xml" or die "$dir/$lsid.xml: $!";
    $s->print($fh);
    close $fh;
    $written{$lsid} = $stamp;
    $t->purge;
}
