"""The rules, a module per family. To add one: write a decorated generator here; nothing else needs to know."""
