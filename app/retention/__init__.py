"""What is kept, for how long, what stops its destruction, and how it is destroyed: proposed by the clock, done by people, with a certificate."""
