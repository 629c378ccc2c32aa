"""Who opens what that is not theirs: a case in an emergency, and who looked at which case."""
