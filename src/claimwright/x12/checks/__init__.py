"""What `check` looks at, a file a concern."""
