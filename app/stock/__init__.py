"""What we know of our stock: how many families are where, how long things take, what was stopped and what nobody knows."""
