"""Where people work: the only room with Django, I/O and the clock."""
