"""`aicfg translate`: which request, which route of which file, what Kong makes of it, and how that is shown.

* `request` reads what a client sends: a JSON body, a saved `curl` command (`curl`), an HTTP message (`http_message`),
  or one of the built-in `samples`.
* `loading` and `places` find the ai-proxy configs in a file, one for each target of a route; `paths` matches paths as
  Kong's router does.
* `hidden` takes the secrets and unresolved references out of a config before anything looks at it.
* `run` translates, and gives a Preview; `formats/` has a module for each form that one is printed in, `diff` compares.

Nothing is sent, run or resolved.
"""
