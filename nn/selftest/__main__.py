"""``python -m nn.selftest``."""

import sys

from .report import main

sys.exit(main())
