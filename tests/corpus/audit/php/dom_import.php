<?php
/* Takes report files from the drop folder into the reporting database. */

const KNOWN = [
    'http://www.networkstreaming.com/namespaces/API',
    'http://www.bomgar.com/namespaces/API/reporting',
    'https://www.beyondtrust.com/namespaces/API/reporting',
    'http://www.beyondtrust.com/sra/namespaces/API/reporting',
];

function xpath_for(DOMDocument $doc): DOMXPath
{
    $uri = $doc->documentElement->namespaceURI;
    if (!in_array($uri, KNOWN, true)) {
        throw new RuntimeException('unknown namespace ' . $uri);
    }
    $xp = new DOMXPath($doc);
    $xp->registerNamespace('r', $uri);
    return $xp;
}

$pdo = new PDO(getenv('DSN'), 'import', getenv('DB_PASS'));
$insert = $pdo->prepare(
    'INSERT INTO session_copy (lsid, lseq, started, ticket) VALUES (?, ?, ?, ?)'
);

$count = 0;
foreach (glob('/srv/drop/*.xml') as $file) {
    $doc = new DOMDocument();
    $doc->load($file);
    $xp = xpath_for($doc);
    foreach ($xp->query('//r:session') as $s) {
        $insert->execute([
            $s->getAttribute('lsid'),
            (int) $xp->evaluate('string(r:lseq)', $s),
            (int) $xp->evaluate('string(r:start_time/@timestamp)', $s),
            $xp->evaluate('string(r:external_key)', $s),
        ]);
        $count++;
    }
    rename($file, $file . '.done');
}
echo "$count sessions\n";
