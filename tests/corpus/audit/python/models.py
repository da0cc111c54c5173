"""Tables of the reporting database."""
from sqlalchemy import Column, DateTime, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Site(Base):
    __tablename__ = "public_site"

    id = Column(Integer, primary_key=True)
    name = Column(String(64), nullable=False)


class SupportSession(Base):
    __tablename__ = "session"

    id = Column(Integer, primary_key=True, autoincrement=True)
    lsid = Column(Integer, index=True, nullable=False)
    lseq = Column(Integer, unique=True)
    type = Column(String(20))
    start_time = Column(DateTime)
    end_time = Column(DateTime)
    duration = Column(Integer)
    external_key = Column(String(128))
    public_site_id = Column(Integer, ForeignKey("public_site.id"))

    site = relationship("Site")
    notes = relationship("SessionNote", back_populates="session")


class SessionNote(Base):
    __tablename__ = "session_note"

    id = Column(Integer, primary_key=True)
    session_lsid = Column(String(20), nullable=False)
    author = Column(String(40))
    body = Column(String(2000))
    session = relationship("SupportSession", back_populates="notes")


def latest(db, count=20):
    return (
        db.query(SupportSession)
        .order_by(SupportSession.lsid.desc())
        .limit(count)
        .all()
    )
