// SPDX-License-Identifier: Apache-2.0
#include "association.h"

#include "descriptor.h"
#include "json.h"
#include "network.h"
#include "services.h"
#include "spool.h"
#include "wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dimse.h>
#include <dcmtk/dcmnet/dul.h>

namespace {
/// Lossless before lossy, compressed before plain; what can't be believed (deflate) or nobody needs (big endian) is left out.
const char *storageSyntaxes[] = {
    "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81",
    "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.101", "1.2.840.10008.1.2.4.102",
    "1.2.840.10008.1.2.4.103", "1.2.840.10008.1.2.4.104", "1.2.840.10008.1.2.4.105", "1.2.840.10008.1.2.4.106",
    "1.2.840.10008.1.2.4.107", "1.2.840.10008.1.2.4.108", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"};
const char *plainSyntaxes[] = {"1.2.840.10008.1.2.1", "1.2.840.10008.1.2"};

/// Ultrasound, secondary capture, endoscopic and photographic films, structured reports, and what other makers' boxes send.
const char *storageClasses[] = {
    "1.2.840.10008.5.1.4.1.1.3.1",      "1.2.840.10008.5.1.4.1.1.3",        "1.2.840.10008.5.1.4.1.1.6.1",
    "1.2.840.10008.5.1.4.1.1.6",        "1.2.840.10008.5.1.4.1.1.6.2",      "1.2.840.10008.5.1.4.1.1.7",
    "1.2.840.10008.5.1.4.1.1.7.1",      "1.2.840.10008.5.1.4.1.1.7.2",      "1.2.840.10008.5.1.4.1.1.7.3",
    "1.2.840.10008.5.1.4.1.1.7.4",      "1.2.840.10008.5.1.4.1.1.77.1.1",   "1.2.840.10008.5.1.4.1.1.77.1.1.1",
    "1.2.840.10008.5.1.4.1.1.77.1.4",   "1.2.840.10008.5.1.4.1.1.77.1.4.1", "1.2.840.10008.5.1.4.1.1.88.11",
    "1.2.840.10008.5.1.4.1.1.88.22",    "1.2.840.10008.5.1.4.1.1.88.33",    "1.2.840.10008.5.1.4.1.1.88.34",
    "1.2.840.10008.5.1.4.1.1.88.59",    "1.2.840.10008.5.1.4.1.1.11.1",     "1.2.840.10008.5.1.4.1.1.104.1",
    "1.2.840.10008.5.1.4.1.1.1",        "1.2.840.10008.5.1.4.1.1.1.1",      "1.2.840.10008.5.1.4.1.1.2",
    "1.2.840.10008.5.1.4.1.1.2.1",      "1.2.840.10008.5.1.4.1.1.4",        "1.2.840.10008.5.1.4.1.1.4.1",
    "1.2.840.10008.5.1.4.1.1.12.1",     "1.2.840.10008.5.1.4.1.1.12.2",     "1.2.840.10008.5.1.4.1.1.20"};
const char *plainClasses[] = {
    "1.2.840.10008.1.1", "1.2.840.10008.5.1.4.31", "1.2.840.10008.3.1.2.3.3", "1.2.840.10008.1.20.1"};

constexpr long pdu = 131072;

template <typename T, size_t N> constexpr int countOf(T (&)[N]) { return int(N); }

void endForSlowness(int) { _exit(slowExit); }

void reject(T_ASC_Association *association, bool isPermanent, T_ASC_RejectParametersReason reason) {
    T_ASC_RejectParameters why{
        isPermanent ? ASC_RESULT_REJECTEDPERMANENT : ASC_RESULT_REJECTEDTRANSIENT,
        reason == ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED ? ASC_SOURCE_SERVICEPROVIDER_PRESENTATION_RELATED
                                                         : ASC_SOURCE_SERVICEUSER,
        reason};
    ASC_rejectAssociation(association, &why);
}

/// The clinic decides who may come; then contexts are agreed on.
bool admit(T_ASC_Association *association, const Wire &wire) {
    char calling[20] = "", called[20] = "", responding[20] = "";
    ASC_getAPTitles(association->params, calling, sizeof calling, called, sizeof called, responding, sizeof responding);
    wire.send('A', "{\"calling\":" + jsonText(calling) + ",\"called\":" + jsonText(called) + "}");
    char kind = 0;
    std::vector<uint8_t> answer;
    if (!wire.receive(kind, answer) || kind != 'a' || answer.empty()) return false;
    if (answer[0] != 0) {
        reject(
            association, answer[0] != 3,
            answer[0] == 1       ? ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED
                : answer[0] == 2 ? ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED
                                 : ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED);
        return false;
    }
    ASC_acceptContextsWithPreferredTransferSyntaxes(
        association->params, storageClasses, countOf(storageClasses), storageSyntaxes, countOf(storageSyntaxes));
    ASC_acceptContextsWithPreferredTransferSyntaxes(
        association->params, plainClasses, countOf(plainClasses), plainSyntaxes, countOf(plainSyntaxes));
    return ASC_acknowledgeAssociation(association).good();
}

/// The connection, sent by the clinic; false where the clinic has ended first.
bool receiveConnection(int clinic) {
    int connection = receiveDescriptor(clinic);
    return connection >= 0 && (connection == 3 || (dup2(connection, 3) == 3 && close(connection) == 0));
}
}  // namespace

int serveAssociation(const std::vector<std::string> &words) {
    Options options(words, 1);
    int idle = options.idle();
    if (!receiveConnection(4)) return 0;
    // Nagle's delay would make each answer wait for the peer's acknowledgement: thirty times slower.
    int on = 1;
    setsockopt(3, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // Silence is the toolkit's to notice; a peer that drips is noticed here.
    signal(SIGALRM, endForSlowness);
    alarm(unsigned(2 * idle + 5));
    Wire wire{4, 4};
    dcmExternalSocketHandle.set(3);
    dcmDisableGethostbyaddr.set(OFTrue);
    Network network(NET_ACCEPTOR, options);
    if (network.fault) return network.fault;
    T_ASC_Association *association = nullptr;
    OFCondition condition = ASC_receiveAssociation(
        network.network, &association, pdu, nullptr, nullptr, network.isSecure, DUL_NOBLOCK, idle);
    if (condition.good()) {
        if (admit(association, wire)) serve(association, wire, options.text("--folder"), options.text("--place"), idle);
        ASC_dropSCPAssociation(association, 1);
        ASC_destroyAssociation(&association);
    }
    return 0;
}
