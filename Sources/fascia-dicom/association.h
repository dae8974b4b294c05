// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

/// Serves one association whose connection the clinic sends, with the clinic at descriptor 4; `words` are its options.
int serveAssociation(const std::vector<std::string> &words);
