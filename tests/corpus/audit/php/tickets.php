<?php
require 'config.php';

function sessions(string $text): array
{
    $xml = simplexml_load_string($text);
    $found = [];
    foreach ($xml->xpath('/session_list/session') as $session) {
        $found[] = [
            'lsid' => (int) $session['lsid'],
            'ticket' => (string) $session->external_key,
            'files' => (int) $session->file_transfer_count,
        ];
    }
    return $found;
}

function known(PDO $db, $lsid): bool
{
    $statement = $db->prepare('SELECT count(*) FROM session WHERE lsid = :lsid');
    $statement->bindValue(':lsid', $lsid, PDO::PARAM_INT);
    $statement->execute();
    return $statement->fetchColumn() > 0;
}

function label(array $session): string
{
    return sprintf('%08d %s', $session['lsid'], $session['ticket']);
}
