"""My work: what waits for whoever signs in, and whose work each case is."""
