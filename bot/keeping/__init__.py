"""What is kept: each chat's answers between events."""
