"""`python -m aicfg` and the console script."""

from __future__ import annotations

import gc
from typing import NoReturn

from aicfg.patterns import import_uncompiled


def main() -> NoReturn:
    """Run the command line. The collector is off before the imports: what they build lives to the end, too.

    click imports modules, platform among them, with a dozen patterns that no command uses.
    """
    gc.disable()
    import_uncompiled("click")
    from aicfg.cli import main

    main()


if __name__ == "__main__":
    main()
