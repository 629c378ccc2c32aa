"""The dates that cases have to keep, each with one owner: kept in step by a job, put off with a reason, never stopped in silence."""
