<?php
/* A page that shows one session; the number of files is an int, the lsid a text. */
$lsid = preg_replace('/[^0-9a-f]/', '', $_GET['lsid'] ?? '');
if ($lsid === '' || strlen($lsid) > 32) {
    http_response_code(404);
    exit;
}
$db = new PDO('mysql:host=localhost;dbname=icdb', 'web', getenv('DB_PASSWORD'));
$statement = $db->prepare('SELECT lsid, external_key, duration FROM session WHERE lsid = ? ORDER BY start_time, lsid');
$statement->execute([$lsid]);
$row = $statement->fetch(PDO::FETCH_ASSOC);
$minutes = intdiv((int) $row['duration'], 60);
?>
<h1>Session <?= htmlspecialchars($row['lsid']) ?></h1>
<p><?= $minutes ?> minutes</p>
