"""`python -m aicfg` and the console script."""

from __future__ import annotations

import gc
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line. The collector is off before the imports: what they build lives to the end, too."""
    gc.disable()
    from aicfg.cli import main

    main()


if __name__ == "__main__":
    main()
