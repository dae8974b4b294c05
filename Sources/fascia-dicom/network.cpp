// SPDX-License-Identifier: Apache-2.0
#include "network.h"

#include <algorithm>
#include <cstdlib>

#include <dcmtk/dcmnet/dcmtrans.h>
#include <dcmtk/dcmnet/dul.h>
#include <dcmtk/oflog/oflog.h>

namespace {
/// Nothing where key and certificates can't be used.
std::unique_ptr<DcmTLSTransportLayer> secured(const Options &options, T_ASC_NetworkRole role) {
    std::string key = options.text("--tls-key"), certificate = options.text("--tls-certificate"),
                authority = options.text("--tls-authority");
    DcmTLSTransportLayer::initializeOpenSSL();
    auto layer = std::make_unique<DcmTLSTransportLayer>(role, nullptr, OFTrue);
    bool isReady = layer->setTLSProfile(TSP_Profile_BCP195_ND).good()
        && layer->setPrivateKeyFile(key.c_str(), DCF_Filetype_PEM).good()
        && layer->setCertificateFile(certificate.c_str(), DCF_Filetype_PEM).good()
        && layer->checkPrivateKeyMatchesCertificate() && layer->activateCipherSuites().good();
    bool wantsCertificates = !authority.empty();
    if (isReady && wantsCertificates) isReady = layer->addTrustedCertificateFile(authority.c_str(), DCF_Filetype_PEM).good();
    layer->setCertificateVerification(wantsCertificates ? DCV_requireCertificate : DCV_ignoreCertificate);
    return isReady ? std::move(layer) : nullptr;
}
}  // namespace

Options::Options(const std::vector<std::string> &words, size_t first) {
    for (size_t i = first; i + 1 < words.size(); i += 2) values[words[i]] = words[i + 1];
}

std::string Options::text(const std::string &name) const {
    auto found = values.find(name);
    return found == values.end() ? "" : found->second;
}

int Options::number(const std::string &name) const { return std::atoi(text(name).c_str()); }

int Options::idle() const { return std::max(1, number("--idle")); }

Network::Network(T_ASC_NetworkRole role, const Options &options) {
    setenv("TCP_NODELAY", "1", 1);
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    int idle = options.idle();
    dcmConnectionTimeout.set(idle);
    dcmSocketReceiveTimeout.set(idle);
    dcmSocketSendTimeout.set(idle);
    if (ASC_initializeNetwork(role, 0, idle, &network).bad()) {
        fault = 5;
    } else if (!options.text("--tls-key").empty()) {
        isSecure = OFTrue;
        security = secured(options, role);
        if (!security || ASC_setTransportLayer(network, security.get(), 0).bad()) fault = 6;
    }
}

Network::~Network() {
    if (network) ASC_dropNetwork(&network);
}
