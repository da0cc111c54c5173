# /usr/bin/env perl
use strict;
use warnings;
use DBI;

my $src = DBI->connect($ENV{SRC_DSN}, $ENV{DB_USER}, $ENV{DB_PASS}, { RaiseError => 1 });
my $dst = DBI->connect('dbi:SQLite:dbname=copy.db', '', '', { RaiseError => 1, AutoCommit => 0 });

$dst->do(q{
    CREATE TABLE IF NOT EXISTS session_copy (
        id INTEGER PRIMARY KEY,
        lsid VARCHAR(20) NOT NULL,
        lseq INTEGER UNIQUE,
        start_time TEXT,
        duration INTEGER
    )
});

my ($last) = $dst->selectrow_array('SELECT MAX(lsid) FROM session_copy');
$last = '' unless defined $last;

my $sth = $src->prepare('SELECT lsid, lseq, start_time, duration FROM session WHERE duration > 0 AND start_time > ?');
my $ins = $dst->prepare('INSERT INTO session_copy (lsid, lseq, start_time, duration) VALUES (?, ?, ?, ?)');

my $n = 0;
$sth->execute('2010-01-01');
while (my $row = $sth->fetchrow_hashref) {
    next unless $row->{lsid} gt $last;
    $ins->execute(@{$row}{qw(lsid lseq start_time duration)});
    $n++;
}
$dst->commit;
print "$n sessions copied\n";
