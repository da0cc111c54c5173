package com.example.support.dao;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

public class SessionDao {

    private static final String NEXT_SQL =
            "SELECT id, lsid, start_time, duration, external_key "
            + "FROM session "
            + "WHERE duration > ? "
            + "ORDER BY lsid DESC";

    private final DataSource dataSource;

    public SessionDao(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    public List<String> longSessions(int seconds) throws SQLException {
        List<String> result = new ArrayList<>();
        try (Connection con = dataSource.getConnection();
             PreparedStatement ps = con.prepareStatement(NEXT_SQL)) {
            ps.setInt(1, seconds);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    int id = rs.getInt("id");
                    int lsid = rs.getInt("lsid");
                    result.add(id + "/" + lsid + " " + rs.getString("external_key"));
                }
            }
        }
        return result;
    }

    public boolean exists(String ticket, long lsid) throws SQLException {
        String sql = "SELECT COUNT(*) FROM session WHERE external_key = ? AND lsid = ?";
        try (Connection con = dataSource.getConnection();
             PreparedStatement ps = con.prepareStatement(sql)) {
            ps.setString(1, ticket);
            ps.setObject(2, lsid);
            try (ResultSet rs = ps.executeQuery()) {
                return rs.next() && rs.getInt(1) > 0;
            }
        }
    }
}
