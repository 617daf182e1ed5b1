"""Rules about what a target cannot say, or says otherwise."""
