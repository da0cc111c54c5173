<?php
/**
 * Sessions per representative, sent as a mail on Monday.
 */

function load_report($file)
{
    $doc = new DOMDocument();
    $doc->load($file);
    return $doc;
}

function summary(DOMDocument $doc)
{
    $xp = new DOMXPath($doc);
    $sum = array();
    foreach ($xp->query("//*[local-name()='session']") as $session) {
        $lsid = $session->getAttribute('lsid');
        foreach ($session->getElementsByTagName('representative') as $rep) {
            $name = $rep->getElementsByTagName('display_name')->item(0)->nodeValue;
            $sum[$name][$lsid] = true;
        }
    }
    return $sum;
}

function settings($file)
{
    $xp = new DOMXPath(load_report($file));
    return array(
        'to' => $xp->query('/mail/to')->item(0)->nodeValue,
        'top' => (int) $xp->query('/mail/top')->item(0)->nodeValue,
    );
}

$conf = settings(__DIR__ . '/mail.xml');
$text = '';
$sum = summary(load_report($argv[1]));
uasort($sum, function ($a, $b) {
    return count($b) - count($a);
});
foreach (array_slice($sum, 0, $conf['top']) as $name => $sessions) {
    $text .= sprintf("%-30s %5d\n", $name, count($sessions));
}
mail($conf['to'], 'Support sessions of the week', $text);
