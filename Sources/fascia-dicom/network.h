// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmtls/tlslayer.h>

/// A command's options: `--name value` after its first words.
class Options {
public:
    Options(const std::vector<std::string> &words, size_t first);
    /// Empty where it is not given.
    std::string text(const std::string &name) const;
    int number(const std::string &name) const;
    /// Seconds of silence after which an association ends, at least one.
    int idle() const;

private:
    std::map<std::string, std::string> values;
};

/// DCMTK's network, for calling machines or for being called: without Nagle's delay, silent in the log, given up after `--idle` seconds of
/// silence; with the clinic's key and certificate where it has them, and of machines what the clinic wants to see of them.
class Network {
public:
    Network(T_ASC_NetworkRole role, const Options &options);
    ~Network();
    Network(const Network &) = delete;
    Network &operator=(const Network &) = delete;

    /// What a helper ends with where it could not be had; 0 where all is well.
    int fault = 0;
    OFBool isSecure = OFFalse;
    T_ASC_Network *network = nullptr;

private:
    std::unique_ptr<DcmTLSTransportLayer> security;
};
