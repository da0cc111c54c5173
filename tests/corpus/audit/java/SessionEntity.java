package com.example.support.jpa;

import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.persistence.Column;
import javax.persistence.Entity;
import javax.persistence.GeneratedValue;
import javax.persistence.Id;
import javax.persistence.Table;
import javax.persistence.Temporal;
import javax.persistence.TemporalType;

@Entity
@Table(name = "session")
public class SessionEntity {

    @Id
    @GeneratedValue
    private Integer id;

    private Long lsid;

    @Column(name = "lseq")
    private int lseq;

    @Temporal(TemporalType.TIMESTAMP)
    @Column(name = "start_time")
    private Date startTime;

    @Column(name = "external_key", length = 20)
    private String externalKey;

    public int getLseq() {
        return lseq;
    }

    public boolean startedBefore(SessionEntity other) {
        return this.lsid.compareTo(other.lsid) < 0;
    }

    public boolean sameSession(SessionEntity other) {
        return other != null && this.lseq == other.getLseq();
    }

    public static Map<Integer, SessionEntity> index(List<SessionEntity> all) {
        Map<Integer, SessionEntity> map = new HashMap<>();
        for (SessionEntity e : all) {
            map.put(e.getLseq(), e);
        }
        return map;
    }
}
