<?php
// Page: session_detail.php?lsid=...
require 'db.php';

$lsid = intval($_GET['lsid']);
$page = max(1, intval($_GET['page'] ?? 1));

$stmt = $pdo->prepare('SELECT * FROM session WHERE lsid = ?');
$stmt->execute([$lsid]);
$session = $stmt->fetch();

if (!$session) {
    http_response_code(404);
    exit('Session not found');
}

$related = $pdo->prepare(
    'SELECT c.author, c.body, c.created
       FROM chat_line c
       JOIN session s ON s.lseq = c.lseq
      WHERE s.external_key = ?
      ORDER BY c.created'
);
$related->execute([$session['external_key']]);
?>
<h1>Session <?php printf('%08d', $session['lsid']); ?></h1>
<p>Ticket <?= htmlspecialchars($session['external_key']) ?></p>
<p>
  <a href="?lsid=<?= $session['lsid'] + 1 ?>">next session</a>
</p>
<table>
<?php foreach ($related as $line): ?>
  <tr>
    <td><?= htmlspecialchars($line['created']) ?></td>
    <td><?= htmlspecialchars($line['author']) ?></td>
    <td><?= nl2br(htmlspecialchars($line['body'])) ?></td>
  </tr>
<?php endforeach; ?>
</table>
<p>Page <?= $page ?></p>
