// SPDX-License-Identifier: Apache-2.0
#include "security.h"

namespace {
std::string text(const Options &options, const char *name) {
    auto found = options.find(name);
    return found == options.end() ? "" : found->second;
}
}  // namespace

Options optionsOf(const std::vector<std::string> &words, size_t first) {
    Options options;
    for (size_t i = first; i + 1 < words.size(); i += 2) options[words[i]] = words[i + 1];
    return options;
}

bool isSecure(const Options &options) { return !text(options, "--tls-key").empty(); }

std::unique_ptr<DcmTLSTransportLayer> secured(const Options &options, T_ASC_NetworkRole role) {
    if (!isSecure(options)) return nullptr;
    std::string key = text(options, "--tls-key"), certificate = text(options, "--tls-certificate"),
                authority = text(options, "--tls-authority");
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
