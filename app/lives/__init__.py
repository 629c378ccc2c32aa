"""What becomes of a case while it lives: births, leaving, closing, warnings, how they may be reached, each child’s views."""
