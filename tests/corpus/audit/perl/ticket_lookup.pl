# /usr/bin/env perl
use strict;
use warnings;
use DBI qw(:sql_types);

my ($ticket) = @ARGV;
die "usage: ticket_lookup.pl NUMBER\n" unless defined $ticket && $ticket =~ /^\d+$/;

my $dbh = DBI->connect('dbi:Pg:dbname=bomgar', 'report', $ENV{DB_PASS}, { RaiseError => 1 });

my $sth = $dbh->prepare(<<'SQL');
    SELECT s.lsid, s.lseq, s.start_time, s.duration, COUNT(f.id) AS files
      FROM session s
      LEFT JOIN session_file f ON f.lsid = s.lsid AND f.lseq = s.lseq
     WHERE s.external_key = ?
     GROUP BY s.lsid, s.lseq, s.start_time, s.duration
     ORDER BY s.start_time, s.lsid
SQL
$sth->bind_param(1, sprintf('TICKET-%d', $ticket), SQL_VARCHAR);
$sth->execute;

my %by_lsid;
my $minutes = 0;
while (my $row = $sth->fetchrow_hashref) {
    push @{ $by_lsid{ $row->{lsid} } }, $row;
    $minutes += int($row->{duration} / 60);
    printf "%s %s %4d files\n", $row->{lsid}, $row->{start_time}, $row->{files};
}

printf "ticket %d: %d sessions, %d minutes\n", $ticket, scalar(keys %by_lsid), $minutes;

my $check = $dbh->prepare('SELECT start_time FROM session WHERE lsid = ?');
for my $lsid (keys %by_lsid) {
    $check->bind_param(1, $lsid, SQL_VARCHAR);
    $check->execute;
    print "no start: $lsid\n" unless ($check->fetchrow_array)[0];
}
