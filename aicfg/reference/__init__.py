"""What aicfg can tell about itself and about Kong: the manifest's keys, rules, plugins and fields, providers, hostings.

The manifest reference is made of `schemas/manifest.schema.json`, which `aicfg schema` prints, and of what aicfg's
compiler makes of the examples there, that of rules of their docstrings, and all else of the other files in `schemas/`:
nothing in it is written twice.
"""
