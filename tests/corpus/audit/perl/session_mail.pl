# /usr/bin/perl
use strict;
use warnings;
use LWP::UserAgent;
use XML::LibXML;
use POSIX qw(strftime);

my $host = $ENV{SUPPORT_HOST} || 'support.example.com';
my $day  = strftime('%Y-%m-%d', localtime(time - 86400));

my $ua = LWP::UserAgent->new(timeout => 60);
my $res = $ua->get("https://$host/api/reporting?generate_report=SupportSession&start_date=$day&duration=86400");
die $res->status_line unless $res->is_success;

my $doc = XML::LibXML->load_xml(string => $res->content);
my @lines;
for my $s ($doc->findnodes('/session_list/session')) {
    my $lsid = $s->getAttribute('lsid');
    my $text = $s->textContent;
    $text =~ s/\s+/ /g;
    push @lines, { lsid => $lsid, text => sprintf('%08d %s', $lsid, $text) };
}

open my $mail, '|-', '/usr/sbin/sendmail -t' or die "sendmail: $!";
print {$mail} "To: lead\@example.com\nSubject: sessions of $day\n\n";
for my $line (sort { $a->{lsid} <=> $b->{lsid} } @lines) {
    print {$mail} $line->{text}, "\n";
}
close $mail;
printf "%d sessions\n", scalar @lines;
