// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire.h"

#include <string>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>

/// Does what the peer asks until it releases, is silent for `idle` seconds, or breaks off.
/// Objects grow in `folder` and are moved to `place` when they are whole.
void serve(
    T_ASC_Association *association, const Wire &wire, const std::string &folder, const std::string &place, int idle);
