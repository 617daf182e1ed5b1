"""`python -m aicfg` and the console script."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn

from aicfg.patterns import import_uncompiled

_INTERRUPTED = 130
"""The exit status of what Ctrl-C ended, as shells have it."""


def main() -> NoReturn:
    """Run the command line. The collector is off before the imports: what they build lives to the end, too.

    click imports modules, platform among them, with a dozen patterns that no command uses.
    """
    gc.disable()
    try:
        import_uncompiled("click")
        from aicfg.cli import main

        main()
    except KeyboardInterrupt:  # before click looks after it
        _end_at_once(_INTERRUPTED)
    except SystemExit as end:
        is_watched = sys.getprofile() is not None  # whoever measures this has something to write in the end
        if isinstance(end.code, int) and threading.active_count() == 1 and not is_watched:
            _end_at_once(end.code)
        raise


def _end_at_once(status: int) -> NoReturn:
    """End the process. Python would first free all that it has, value by value, and a big file leaves millions."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # there is none, nobody reads it, or it is closed
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
