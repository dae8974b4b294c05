# SPDX-License-Identifier: Apache-2.0
"""How much is tried: few rounds in every run of the tests, the full counts where `script/trials` asks for them."""
from __future__ import annotations

import os

FULL = os.environ.get("FASCIA_TRIALS") == "full"
SEED = int(os.environ.get("FASCIA_SEED", "20261123"))
ENGINES = ["sqlite", "postgresql"]


def trials(default: int, full: int) -> int:
    return full if FULL else default
