# Prints what each technician did today.
use strict;
use warnings;
use XML::LibXML;
use DBI;

my $doc = XML::LibXML->load_xml(location => $ARGV[0]);
my %by_rep;
my $last = 0;
foreach my $session ($doc->findnodes('/session_list/session')) {
    my $lsid = $session->getAttribute('lsid');
    my $files = int($session->findvalue('file_transfer_count') || 0);
    next if $lsid <= $last;
    $last = $lsid;
    push @{ $by_rep{ $session->findvalue('rep_list/representative/username') } }, { lsid => $lsid, files => $files };
}
foreach my $rep (sort keys %by_rep) {
    my @sorted = sort { $a->{lsid} <=> $b->{lsid} } @{ $by_rep{$rep} };
    printf "%s: %d sessions\n", $rep, scalar @sorted;
    printf "  %d %d\n", $_->{lsid}, $_->{files} for @sorted;
}
