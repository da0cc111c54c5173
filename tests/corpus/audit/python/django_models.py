from django.db import models


class Representative(models.Model):
    username = models.CharField(max_length=30, unique=True)
    rep_no = models.IntegerField()

    def __str__(self):
        return self.username


class SessionRecord(models.Model):
    """One remote support session, keyed by the logging session id."""

    lsid = models.CharField(max_length=32, primary_key=True)
    lseq = models.IntegerField(null=True, db_index=True)
    session_type = models.CharField(max_length=16)
    start_time = models.DateTimeField(db_index=True)
    end_time = models.DateTimeField(null=True)
    duration = models.IntegerField(default=0)
    external_key = models.CharField(max_length=10, blank=True)
    reps = models.ManyToManyField(Representative)

    class Meta:
        ordering = ["start_time", "lseq", "lsid"]

    def __str__(self):
        return f"{self.lsid} ({self.external_key or 'no ticket'})"

    @property
    def is_long(self):
        return self.duration > 3600


def sessions_for_ticket(ticket):
    return SessionRecord.objects.filter(external_key=ticket).order_by("start_time")


def by_lsid(lsid):
    # int lsid was the type in the first version of this app
    return SessionRecord.objects.get(lsid=str(lsid))


def busiest(limit=5):
    return (
        Representative.objects.annotate(n=models.Count("sessionrecord__lsid"))
        .filter(n__gt=5)
        .order_by("-n")[:limit]
    )
