// SPDX-License-Identifier: Apache-2.0
#include "commitment.h"

#include "dataset.h"
#include "network.h"
#include "object.h"
#include "wire.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <new>

#include <dcmtk/dcmnet/dimse.h>

namespace {
constexpr const char *model = "1.2.840.10008.1.20.1", *wellKnown = "1.2.840.10008.1.20.1.1";
const char *syntaxes[] = {"1.2.840.10008.1.2.1", "1.2.840.10008.1.2"};

std::string why(const char *what, const OFCondition &condition) { return std::string(what) + ": " + condition.text(); }

/// The clinic provides the service, so it is the provider on this association, too, though it is the one that calls.
T_ASC_Association *called(const Network &network, const Options &options) {
    T_ASC_Parameters *parameters = nullptr;
    if (ASC_createAssociationParameters(&parameters, 16384).bad()) throw std::bad_alloc();
    ASC_setAPTitles(parameters, options.text("--own").c_str(), options.text("--peer").c_str(), nullptr);
    ASC_setTransportLayerType(parameters, network.isSecure);
    ASC_setPresentationAddresses(parameters, "localhost", options.text("--address").c_str());
    ASC_addPresentationContext(parameters, 1, model, syntaxes, 2, ASC_SC_ROLE_SCP);
    T_ASC_Association *association = nullptr;
    OFCondition condition = ASC_requestAssociation(network.network, parameters, &association);
    if (condition.bad()) throw Refusal(why("it can't be reached", condition));
    return association;
}

void report(T_ASC_Association *association, Uint16 event, DcmDataset &result, int idle) {
    T_ASC_PresentationContextID context = ASC_findAcceptedPresentationContextID(association, model);
    if (context == 0) throw Refusal("it does not take the result of storage commitment on this port");
    OFCondition condition = sendResult(association, context, 1, model, wellKnown, event, result);
    T_DIMSE_Message answer{};
    DcmDataset *detail = nullptr;
    if (condition.good()) condition = DIMSE_receiveCommand(association, DIMSE_NONBLOCKING, idle, &context, &answer, &detail);
    delete detail;
    if (condition.bad()) throw Refusal(why("it did not answer", condition));
    if (answer.CommandField != DIMSE_N_EVENT_REPORT_RSP) throw Refusal("it answered something else");
    if (uint16_t status = answer.msg.NEventReportRSP.DimseStatus) {
        char text[8];
        std::snprintf(text, sizeof text, "%04X", status);
        throw Refusal(std::string("it refused the result with status ") + text);
    }
}
}  // namespace

OFCondition sendResult(
    T_ASC_Association *association, T_ASC_PresentationContextID context, Uint16 message, const char *sopClass,
    const char *sopInstance, Uint16 event, DcmDataset &result) {
    T_DIMSE_Message out{};
    auto &told = out.msg.NEventReportRQ;
    out.CommandField = DIMSE_N_EVENT_REPORT_RQ;
    told.MessageID = message;
    OFStandard::strlcpy(told.AffectedSOPClassUID, sopClass, sizeof told.AffectedSOPClassUID);
    OFStandard::strlcpy(told.AffectedSOPInstanceUID, sopInstance, sizeof told.AffectedSOPInstanceUID);
    told.EventTypeID = event;
    told.DataSetType = DIMSE_DATASET_PRESENT;
    return DIMSE_sendMessageUsingMemoryData(association, context, &out, nullptr, &result, nullptr, nullptr);
}

int reportCommitment(const std::vector<std::string> &words) {
    if (words.size() < 2) return 64;
    Options options(words, 2);
    std::ifstream file(words[1], std::ios::binary);
    std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
    DcmDataset result;
    if (!file || !fill(result, bytes.data(), bytes.size())) return 3;
    Network network(NET_REQUESTOR, options);
    if (network.fault) return network.fault;
    T_ASC_Association *association = called(network, options);
    report(association, Uint16(options.number("--event")), result, options.idle());
    Wire().send('D', "");
    ASC_releaseAssociation(association);
    return 0;
}
