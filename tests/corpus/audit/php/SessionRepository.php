<?php

namespace Helpdesk\Support;

use PDO;

final class SessionRepository
{
    /** @var PDO */
    private $db;

    public function __construct(PDO $db)
    {
        $this->db = $db;
        $this->db->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
    }

    public function byLsid(string $lsid): ?array
    {
        if (!preg_match('/^[0-9a-f]{32}$/i', $lsid)) {
            throw new \InvalidArgumentException('intval($lsid) is not what we want: ' . $lsid);
        }
        $st = $this->db->prepare('SELECT id, lsid, lseq, start_time, duration FROM session WHERE lsid = :lsid');
        $st->bindValue(':lsid', $lsid, PDO::PARAM_STR);
        $st->execute();
        $row = $st->fetch(PDO::FETCH_ASSOC);
        if ($row === false) {
            return null;
        }
        $row['id'] = (int) $row['id'];
        $row['minutes'] = intdiv((int) $row['duration'], 60);
        return $row;
    }

    public function page(int $page, int $size = 25): array
    {
        $st = $this->db->prepare(
            'SELECT lsid, start_time, external_key
               FROM session
              ORDER BY start_time DESC, lseq DESC, lsid
              LIMIT :size OFFSET :skip'
        );
        $st->bindValue(':size', $size, PDO::PARAM_INT);
        $st->bindValue(':skip', ($page - 1) * $size, PDO::PARAM_INT);
        $st->execute();
        return $st->fetchAll(PDO::FETCH_ASSOC);
    }

    public function tickets(): array
    {
        $result = [];
        foreach ($this->page(1, 200) as $row) {
            $result[$row['lsid']] = (int) substr($row['external_key'], 7);
        }
        return $result;
    }
}
