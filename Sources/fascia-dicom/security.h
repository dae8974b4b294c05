// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmtls/tlslayer.h>

/// A command's options: `--name value` after its first word.
using Options = std::map<std::string, std::string>;
Options optionsOf(const std::vector<std::string> &words, size_t first);

/// Whether the clinic speaks TLS with its machines.
bool isSecure(const Options &options);
/// With the clinic's key and certificate, and of machines what the clinic wants to see of them; nothing where they can't be used.
std::unique_ptr<DcmTLSTransportLayer> secured(const Options &options, T_ASC_NetworkRole role);
