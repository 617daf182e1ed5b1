"""Rules about what Kong refuses."""
