// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

/// A text as a JSON string; the text is UTF-8 already.
std::string jsonText(const std::string &text);
