"""What people type, checked: a sentence beside the field, and everything typed still there."""
