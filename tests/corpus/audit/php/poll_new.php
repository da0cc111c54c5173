<?php
// Polls the database for new sessions and posts them to the chat room.
$db = new mysqli('localhost', 'poll', getenv('DB_PASS'), 'bomgar');
$stateFile = '/var/lib/poll/last';
$last = file_exists($stateFile) ? trim(file_get_contents($stateFile)) : '';

$sql = "SELECT lsid, lseq, external_key, public_site_name
          FROM session
         WHERE lsid > '" . $db->real_escape_string($last) . "'
           AND end_time IS NOT NULL
         ORDER BY end_time";

$seen = array();
$result = $db->query($sql);
while ($row = $result->fetch_assoc()) {
    if (isset($seen[$row['lseq']])) {
        continue;
    }
    $seen[$row['lseq']] = $row['lsid'];
    $message = sprintf('%s finished on %s', $row['external_key'], $row['public_site_name']);
    file_get_contents('https://chat.example.com/post?text=' . urlencode($message));
}

if ($seen) {
    file_put_contents($stateFile, max($seen));
}
echo count($seen), " messages\n";
