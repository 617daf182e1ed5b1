"""The manifest reference: what each key is, in Markdown.

It is made of `schemas/manifest.schema.json`, which `aicfg schema` prints, and of what aicfg's compiler makes of the
examples there: nothing in it is written twice.
"""
