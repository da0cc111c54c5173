# /usr/bin/perl
use strict;
use warnings;
use XML::LibXML;
use XML::LibXML::XPathContext;

my $NS = 'http://www.beyondtrust.com/sra/namespaces/API/reporting';
my %by_number;

for my $file (glob '/srv/reports/*.xml') {
    my $doc = XML::LibXML->load_xml(location => $file);
    my $xpc = XML::LibXML::XPathContext->new($doc);
    $xpc->registerNs(r => $NS);
    for my $s ($xpc->findnodes('//r:session')) {
        my $lseq = $xpc->findvalue('r:lseq', $s);
        my $key  = $s->findvalue('external_key');
        $by_number{$lseq} = {
            key   => $key,
            lsid  => $s->getAttribute('lsid'),
            chars => length $s->textContent,
        };
    }
}

open my $out, '>', 'index.txt' or die $!;
for my $row (sort { $b->{chars} <=> $a->{chars} } values %by_number) {
    printf {$out} "%s\t%s\t%d\n", $row->{lsid}, $row->{key}, $row->{chars};
}
close $out;
