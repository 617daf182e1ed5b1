"""`aicfg serve`: a dry-run gateway. It answers real clients, and calls nobody.

* `routing` finds the route of a request; `replies` the recorded answer that it gets.
* `gateway` makes of a request what the client gets: the translated request, or a translated recording. It knows no
  HTTP library.
* `shown` is an exchange as the page shows it, secrets masked; `journal` keeps the last ones and tells who watches.
* `guard` refuses what a browser's other pages, or strangers, might send; `app` is the ASGI application, with the page
  in `page/`; `server` runs it.

Only `guard`, `app` and `server` need the extra `aicfg[serve]`.
"""
