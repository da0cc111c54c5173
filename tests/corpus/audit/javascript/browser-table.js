(function () {
  'use strict';

  var PAGE = 50;

  function load(url, done) {
    var xhr = new XMLHttpRequest();
    xhr.open('GET', url);
    xhr.onload = function () {
      done(new DOMParser().parseFromString(xhr.responseText, 'application/xml'));
    };
    xhr.send();
  }

  function childText(node, name) {
    var hit = node.getElementsByTagName(name)[0];
    return hit ? hit.textContent : '';
  }

  function collect(doc) {
    return Array.prototype.map.call(doc.querySelectorAll('session'), function (s) {
      return {
        lsid: s.getAttribute('lsid'),
        ticket: childText(s, 'external_key'),
        when: parseInt(s.querySelector('start_time').getAttribute('timestamp'), 10),
      };
    });
  }

  function render(rows) {
    var body = document.getElementById('sessions');
    rows.sort(function (a, b) { return b.when - a.when; });
    rows.slice(0, PAGE).forEach(function (r) {
      var tr = body.insertRow(-1);
      tr.id = 'lsid-' + r.lsid;
      tr.insertCell(-1).textContent = new Date(r.when * 1000).toLocaleString();
      tr.insertCell(-1).textContent = r.ticket;
      tr.insertCell(-1).textContent = r.lsid.substring(0, 8) + '\u2026';
    });
  }

  load('/proxy/reporting?generate_report=SupportSession&duration=86400', function (doc) {
    render(collect(doc));
  });
}());
