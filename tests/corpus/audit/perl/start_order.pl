# /usr/bin/perl
use strict;
use warnings;
use XML::LibXML;
use XML::LibXML::XPathContext;

my $config = XML::LibXML->load_xml(location => 'settings.xml');
my $limit  = int $config->findvalue('/settings/limit');
my $doc    = XML::LibXML->load_xml(location => shift // 'report.xml');
my $uri    = $doc->documentElement->namespaceURI;
my $xpc    = XML::LibXML::XPathContext->new($doc);
$xpc->registerNs(r => $uri) if $uri;

my $path = $uri ? '/r:session_list/r:session' : '/*/*';
my %sessions;
for my $node ($xpc->findnodes($path)) {
    my ($start) = $node->getElementsByLocalName('start_time');
    my ($lseq)  = $node->getElementsByLocalName('lseq');
    my $lsid = $node->getAttribute('lsid');
    $sessions{$lsid} = {
        start => $start->getAttribute('timestamp'),
        lseq  => $lseq ? $lseq->textContent : 0,
    };
}

my @order = sort {
    $sessions{$a}{start} <=> $sessions{$b}{start}
        || $sessions{$a}{lseq} <=> $sessions{$b}{lseq}
        || $a cmp $b
} keys %sessions;

my $shown = 0;
for my $lsid (@order) {
    last if $shown++ >= $limit;
    printf "%3d %s %s\n", $shown, $lsid, scalar gmtime $sessions{$lsid}{start};
}
