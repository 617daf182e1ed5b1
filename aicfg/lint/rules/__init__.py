"""The rules, a module per family. To add one: write a decorated generator here; nothing else needs to know.

The packages hold those that few files need: the registry says for which subjects each is loaded.
"""
