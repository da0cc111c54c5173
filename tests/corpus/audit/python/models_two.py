from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Session(Base):
    __tablename__ = "session"
    id = Column(Integer, primary_key=True)
    lsid = Column(BigInteger, unique=True, nullable=False)
    lseq = Column(Integer, index=True)
    started = Column(DateTime)
    minutes = Column(Integer)


class Survey(Base):
    __tablename__ = "survey"
    id = Column(Integer, primary_key=True)
    session_lsid = Column(String(20), ForeignKey("session.lsid"))
    stars = Column(Integer)


class Recording(Base):
    __tablename__ = "recording"
    lseq = Column(Integer, primary_key=True)
    lsid = Column(String(32))
    path = Column(String(400))
