<?php
// Cron: writes the sessions of the last day to a CSV file.

require_once __DIR__ . '/config.php';

$url = sprintf(
    'https://%s/api/reporting?generate_report=SupportSession&start_date=%s&duration=%d',
    SUPPORT_HOST,
    date('Y-m-d', strtotime('-1 day')),
    86400
);

$xml = simplexml_load_file($url);
if ($xml === false) {
    error_log('report could not be read');
    exit(1);
}

function seconds($text)
{
    list($h, $m, $s) = array_map('intval', explode(':', $text));
    return $h * 3600 + $m * 60 + $s;
}

$out = fopen('/var/reports/sessions.csv', 'a');
$rows = 0;
foreach ($xml->xpath('//session') as $session) {
    $lsid = (int) $session['lsid'];
    fputcsv($out, array(
        $lsid,
        (string) $session->external_key,
        seconds((string) $session->duration),
        (int) $session->start_time['timestamp'],
    ));
    $rows++;
}
fclose($out);
printf("%d rows written\n", $rows);
