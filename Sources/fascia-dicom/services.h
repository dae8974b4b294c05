// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire.h"

#include <string>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>

/// The exit status of a helper whose peer took longer than it may.
constexpr int slowExit = 7;

/// Does what the peer asks until it releases, is silent for `idle` seconds, or breaks off. One message may take
/// fifteen times as long: 512 MB at five megabits a second with the usual minute.
/// Objects grow in `folder` and are moved to `place` when they are whole.
void serve(
    T_ASC_Association *association, const Wire &wire, const std::string &folder, const std::string &place, int idle);
