"""One function a verb, one transaction each."""
