package com.acme.support;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

public class SessionDao {
    private final Connection connection;

    public SessionDao(Connection connection) {
        this.connection = connection;
    }

    public String ticketOf(String lsid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT external_key FROM session WHERE lsid = ?")) {
            statement.setString(1, lsid);
            ResultSet rows = statement.executeQuery();
            return rows.next() ? rows.getString("external_key") : null;
        }
    }

    public long lastLsid() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT lsid FROM session ORDER BY lsid DESC LIMIT 1")) {
            ResultSet rows = statement.executeQuery();
            return rows.next() ? rows.getLong("lsid") : 0L;
        }
    }

    public Map<Integer, String> bySequence() throws SQLException {
        Map<Integer, String> found = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement("SELECT lsid, lseq, duration FROM session")) {
            ResultSet rows = statement.executeQuery();
            while (rows.next()) {
                int lseq = rows.getInt("lseq");
                int duration = rows.getInt("duration");
                if (duration > 0) {
                    found.put(lseq, rows.getString("lsid"));
                }
            }
        }
        return found;
    }
}
