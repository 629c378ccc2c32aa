"""What becomes of a case while it lives: births, leaving, closing, parting and joining, warnings, how they may be reached, each child’s views."""
