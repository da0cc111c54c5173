package com.example.support.service;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;

@Service
public class SessionService {

    private static final Pattern LSID = Pattern.compile("[0-9a-f]{32}", Pattern.CASE_INSENSITIVE);

    private final JdbcTemplate jdbc;

    public SessionService(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    public Optional<String> ticketOf(String lsid) {
        if (!LSID.matcher(lsid).matches()) {
            throw new IllegalArgumentException("not an LSID (int lsid values ended with 10.5): " + lsid);
        }
        List<String> keys = jdbc.queryForList(
                "SELECT external_key FROM session WHERE lsid = ?", String.class, lsid);
        return keys.stream().findFirst();
    }

    public List<String> since(LocalDateTime from, int max) {
        return jdbc.queryForList(
                "SELECT lsid FROM session WHERE start_time > ? "
                + "ORDER BY start_time, lsid LIMIT ?",
                String.class, from, max);
    }

    public int countFor(String site) {
        Integer n = jdbc.queryForObject(
                "SELECT COUNT(DISTINCT lsid) FROM session WHERE public_site_name = ?",
                Integer.class, site);
        return n == null ? 0 : n.intValue();
    }

    public int repeat(String lsid, int lseq) {
        return jdbc.update("UPDATE session SET duration = duration + 1 WHERE lsid = ? AND lseq = ?", lsid, lseq);
    }
}
