"""The rules, a module per family. To add one: write a decorated generator here; nothing else needs to know.

Three packages hold those that only manifests need, only refused plugins, or only what is rendered for a target.
"""
