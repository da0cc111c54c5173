import pandas as pd


def frame(rows):
    df = pd.DataFrame(rows, columns=["lsid", "lseq", "type", "start_time", "duration"])
    df["duration"] = df["duration"].astype(int)
    df["start_time"] = pd.to_datetime(df["start_time"])
    return df.drop_duplicates("lsid").sort_values("start_time")


def latest(df, count=20):
    return df.sort_values("lsid", ascending=False).head(count)


def per_day(df):
    return df.groupby(df["start_time"].dt.date)["lsid"].nunique()


def merged(df, notes):
    return df.merge(notes, on="lseq", how="left")


def missing_numbers(df):
    numbers = pd.to_numeric(df["lsid"])
    return set(range(numbers.min(), numbers.max())) - set(numbers)
