"""What is held about one person of a household, put together for them: by an allow-list, with third parties left out, and checked before it is given."""
