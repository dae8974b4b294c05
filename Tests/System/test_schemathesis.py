# SPDX-License-Identifier: Apache-2.0
"""The HTTP interface against its own description, by schemathesis: all checks, nothing undocumented, no 5xx."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rounds import SEED, trials


def test_the_interface_is_what_it_says(houses):
    clinic = houses.clinic(stripe=houses.stripe())
    run = subprocess.run(
        [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(Path(__file__).with_name("schemathesis.toml")),
         "run", f"{clinic.url}/api/v1/openapi.json", "--checks", "all", "--max-examples", str(trials(40, 500)), "--seed",
         str(SEED), "--no-color"], capture_output=True, text=True, timeout=900, cwd=clinic.folder)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    clinic.healthy()
