"""Django models, a file a room. Models hold no rules: they load and keep what the core decides."""
