"""The language server: what an editor asks about an open manifest or Kong file, answered as it is typed.

`outline` reads any text, broken or not, and `cursor` finds a position in it; `places` knows what may stand there. From
these, `hover`, `completion`, `definition`, `symbols` and `actions` make their answers: plain functions, in offsets of
the text. `workspace` holds the open texts and lints them; `server` speaks the protocol.
"""
