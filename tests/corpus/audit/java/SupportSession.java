package com.example.support.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;

/** One session of the report. */
public final class SupportSession {

    public static final Comparator<SupportSession> BY_START =
            Comparator.comparing(SupportSession::getStart)
                    .thenComparingInt(SupportSession::getLseq)
                    .thenComparing(SupportSession::getLsid);

    private final String lsid;
    private final int lseq;
    private final Instant start;
    private final Duration duration;
    private final String externalKey;

    public SupportSession(String lsid, int lseq, Instant start, Duration duration, String externalKey) {
        this.lsid = Objects.requireNonNull(lsid, "lsid");
        this.lseq = lseq;
        this.start = start;
        this.duration = duration;
        this.externalKey = externalKey;
    }

    /** Was {@code int getLsid()} in version 1. */
    public String getLsid() {
        return lsid;
    }

    public int getLseq() {
        return lseq;
    }

    public Instant getStart() {
        return start;
    }

    public Duration getDuration() {
        return duration;
    }

    public int ticketNumber() {
        return externalKey.startsWith("TICKET-") ? Integer.parseInt(externalKey.substring(7)) : 0;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof SupportSession && ((SupportSession) o).lsid.equals(lsid);
    }

    @Override
    public int hashCode() {
        return lsid.hashCode();
    }
}
