// SPDX-License-Identifier: Apache-2.0
#include "services.h"

#include "aside.h"
#include "commitment.h"
#include "dataset.h"
#include "index.h"
#include "json.h"
#include "object.h"
#include "spool.h"

#include <cstring>
#include <memory>
#include <new>
#include <unistd.h>

#include <dcmtk/dcmnet/dimse.h>

namespace {
constexpr size_t mostIdentifierBytes = 4u << 20;
constexpr uint16_t cannotUnderstand = 0xc000, outOfResources = 0xa700, invalidObject = 0xa900;
constexpr const char *full = "the disk is full";

class Service {
public:
    Service(T_ASC_Association *association, const Wire &wire, const std::string &folder, const std::string &place, int idle)
        : association(association), wire(wire), folder(folder), place(place), idle(idle) {}

    bool handle(T_ASC_PresentationContextID context, T_DIMSE_Message &message) {
        switch (message.CommandField) {
        case DIMSE_C_ECHO_RQ: return DIMSE_sendEchoResponse(association, context, &message.msg.CEchoRQ, STATUS_Success, nullptr).good();
        case DIMSE_C_STORE_RQ: return store(context, message.msg.CStoreRQ);
        case DIMSE_C_FIND_RQ: return find(context, message.msg.CFindRQ);
        case DIMSE_C_CANCEL_RQ: return true;
        case DIMSE_N_CREATE_RQ: return create(context, message.msg.NCreateRQ);
        case DIMSE_N_SET_RQ: return set(context, message.msg.NSetRQ);
        case DIMSE_N_ACTION_RQ: return action(context, message.msg.NActionRQ);
        case DIMSE_N_EVENT_REPORT_RSP: return true;
        default: return false;
        }
    }

private:
    T_ASC_Association *association;
    const Wire &wire;
    std::string folder, place;
    int idle;
    Uint16 ownMessage = 1;
    Blocks blocks;
    Aside sums, disk;
    std::unique_ptr<SpoolFile> next;

    std::string syntaxOf(T_ASC_PresentationContextID context) const {
        T_ASC_PresentationContext agreed;
        return ASC_findAcceptedPresentationContext(association->params, context, &agreed).good() ? agreed.acceptedTransferSyntax : "";
    }

    bool ask(char kind, const std::string &text, char &answer, std::vector<uint8_t> &payload) const {
        wire.send(kind, text);
        return wire.receive(answer, payload);
    }

    static uint16_t word(const std::vector<uint8_t> &payload, size_t at) {
        return payload.size() >= at + 2 ? uint16_t(payload[at] | payload[at + 1] << 8) : outOfResources;
    }

    /// A small data set as JSON; false where the peer sent none that can be read, and the association still stands.
    bool attributes(T_ASC_PresentationContextID context, std::string &json, bool &isBroken) {
        SpoolMemory memory(mostIdentifierBytes);
        SpoolStream stream(&memory);
        T_ASC_PresentationContextID same = context;
        isBroken = DIMSE_receiveDataSetInFile(association, DIMSE_NONBLOCKING, idle, &same, &stream, nullptr, nullptr).bad();
        if (isBroken || memory.isTooLarge) return false;
        try {
            json = Object::dataSet({memory.bytes.data(), memory.bytes.size()}, syntaxOf(context)).json();
            return true;
        } catch (const std::exception &) {
            return false;
        }
    }

    /// Preamble and meta header of a Part 10 file.
    std::string head(const T_DIMSE_C_StoreRQ &request, const std::string &syntax) const {
        std::string meta;
        auto add = [&](uint16_t element, const char *vr, std::string value) {
            if (value.size() % 2) value += vr[0] == 'U' ? '\0' : ' ';
            bool isLong = !std::strcmp(vr, "OB");
            const uint8_t tag[] = {2, 0, uint8_t(element), uint8_t(element >> 8), uint8_t(vr[0]), uint8_t(vr[1])};
            meta.append(reinterpret_cast<const char *>(tag), sizeof tag);
            if (isLong) meta.append(2, '\0');
            for (int i = 0; i < (isLong ? 4 : 2); i++) meta += char(value.size() >> (8 * i));
            meta += value;
        };
        add(1, "OB", std::string("\0\1", 2));
        add(2, "UI", request.AffectedSOPClassUID);
        add(3, "UI", request.AffectedSOPInstanceUID);
        add(0x10, "UI", syntax);
        add(0x12, "UI", "2.25.260432614285943391417432361327829561433");
        add(0x13, "SH", "FASCIA");
        char calling[20] = "", called[20] = "";
        ASC_getAPTitles(association->params, calling, sizeof calling, called, sizeof called, nullptr, 0);
        add(0x16, "AE", calling);
        std::string out(128, '\0');
        out += "DICM";
        const uint8_t length[] = {2, 0, 0, 0, 'U', 'L', 4, 0, uint8_t(meta.size()), uint8_t(meta.size() >> 8), 0, 0};
        out.append(reinterpret_cast<const char *>(length), sizeof length);
        return out + meta;
    }

    bool answerStore(T_ASC_PresentationContextID context, T_DIMSE_C_StoreRQ &request, uint16_t status, const std::string &comment) {
        T_DIMSE_C_StoreRSP response{};
        response.MessageIDBeingRespondedTo = request.MessageID;
        OFStandard::strlcpy(response.AffectedSOPClassUID, request.AffectedSOPClassUID, sizeof response.AffectedSOPClassUID);
        OFStandard::strlcpy(response.AffectedSOPInstanceUID, request.AffectedSOPInstanceUID, sizeof response.AffectedSOPInstanceUID);
        response.opts = O_STORE_AFFECTEDSOPCLASSUID | O_STORE_AFFECTEDSOPINSTANCEUID;
        response.DataSetType = DIMSE_DATASET_NULL;
        response.DimseStatus = status;
        DcmDataset detail;
        if (!comment.empty()) detail.putAndInsertString(DCM_ErrorComment, comment.substr(0, 64).c_str());
        return DIMSE_sendStoreResponse(association, context, &request, &response, comment.empty() ? nullptr : &detail).good();
    }

    std::unique_ptr<SpoolFile> newFile() { return std::make_unique<SpoolFile>(folder, place, sums, disk, blocks, Limits::objectBytes); }

    /// A long object is whole in its place and on disk before the clinic hears of it; a small one is brought there while the
    /// clinic thinks. In both cases the clinic's row of it waits until that is told, and the machine hears of success after
    /// both.
    bool store(T_ASC_PresentationContextID context, T_DIMSE_C_StoreRQ &request) {
        std::unique_ptr<SpoolFile> file = next ? std::move(next) : newFile();
        std::string start = head(request, syntaxOf(context));
        file->write(start.data(), offile_off_t(start.size()));
        {
            SpoolStream stream(file.get());
            T_ASC_PresentationContextID same = context;
            if (DIMSE_receiveDataSetInFile(association, DIMSE_NONBLOCKING, idle, &same, &stream, nullptr, nullptr).bad()) return false;
        }
        if (file->isTooLarge) return answerStore(context, request, outOfResources, "the object is larger than 512 MB");
        if (!file->finish()) return answerStore(context, request, outOfResources, full);
        Index index;
        try {
            index = indexOf(file->object());
        } catch (const std::bad_alloc &) {
            return answerStore(context, request, outOfResources, "the object needs too much memory");
        } catch (const std::exception &refusal) {
            return answerStore(context, request, cannotUnderstand, refusal.what());
        }
        bool isThere = false;
        // The clinic's database is not kept waiting for a long one.
        if (file->isLong() && !(isThere = file->settle() && file->sync())) return answerStore(context, request, outOfResources, full);
        std::vector<std::string> facts = {
            request.AffectedSOPClassUID, request.AffectedSOPInstanceUID, file->target(), std::to_string(file->count), file->checksum()};
        facts.insert(facts.end(), index.head.begin(), index.head.end());
        facts.push_back(std::move(index.whole));
        wire.send('S', facts);
        disk.post([&] { wire.send('Y', isThere || (file->settle() && file->sync()) ? "1" : "0", 1); });
        char kind = 0;
        std::vector<uint8_t> answer;
        bool isAnswered = wire.receive(kind, answer) && kind == 's';
        disk.wait();
        // The clinic has taken it over or thrown it away: it is no longer this process's.
        file->keep();
        if (!isAnswered) return false;
        bool isSent = answerStore(
            context, request, word(answer, 0),
            file->isFull ? full : answer.size() > 2 ? std::string(answer.begin() + 2, answer.end()) : "");
        // The next one's file is made while the machine prepares it.
        file.reset();
        next = newFile();
        return isSent;
    }

    bool find(T_ASC_PresentationContextID context, T_DIMSE_C_FindRQ &request) {
        std::string identifier;
        bool isBroken = false;
        T_DIMSE_C_FindRSP response{};
        response.MessageIDBeingRespondedTo = request.MessageID;
        OFStandard::strlcpy(response.AffectedSOPClassUID, request.AffectedSOPClassUID, sizeof response.AffectedSOPClassUID);
        response.opts = O_FIND_AFFECTEDSOPCLASSUID;
        response.DataSetType = DIMSE_DATASET_NULL;
        response.DimseStatus = cannotUnderstand;
        if (!attributes(context, identifier, isBroken)) {
            return !isBroken && DIMSE_sendFindResponse(association, context, &request, &response, nullptr, nullptr).good();
        }
        wire.send('F', "{\"sopClass\":" + jsonText(request.AffectedSOPClassUID) + ",\"identifier\":" + identifier + "}");
        bool isCancelled = false;
        for (;;) {
            char kind = 0;
            std::vector<uint8_t> row;
            if (!wire.receive(kind, row)) return false;
            if (kind == 'z') {
                response.DimseStatus = isCancelled ? STATUS_FIND_Cancel_MatchingTerminatedDueToCancelRequest : word(row, 0);
                response.DataSetType = DIMSE_DATASET_NULL;
                return DIMSE_sendFindResponse(association, context, &request, &response, nullptr, nullptr).good();
            }
            if (kind != 'f' || isCancelled) continue;
            DcmDataset set;
            if (!fill(set, row.data(), row.size())) continue;
            response.DimseStatus = STATUS_FIND_Pending_MatchesAreContinuing;
            response.DataSetType = DIMSE_DATASET_PRESENT;
            if (DIMSE_sendFindResponse(association, context, &request, &response, &set, nullptr).bad()) return false;
            isCancelled = DIMSE_checkForCancelRQ(association, context, request.MessageID).good();
        }
    }

    /// Asks the clinic about a performed procedure step.
    bool step(T_ASC_PresentationContextID context, const char *operation, const char *instance, bool hasDataSet, uint16_t &status) {
        std::string json = "{}";
        bool isBroken = false;
        status = STATUS_N_ProcessingFailure;
        if (hasDataSet && !attributes(context, json, isBroken)) return !isBroken;
        char kind = 0;
        std::vector<uint8_t> answer;
        if (!ask('P', "{\"operation\":" + jsonText(operation) + ",\"instance\":" + jsonText(instance) + ",\"attributes\":" + json + "}", kind, answer))
            return false;
        status = word(answer, 0);
        return true;
    }

    bool create(T_ASC_PresentationContextID context, T_DIMSE_N_CreateRQ &request) {
        uint16_t status = 0;
        T_DIMSE_Message out{};
        auto &response = out.msg.NCreateRSP;
        bool hasName = request.opts & O_NCREATE_AFFECTEDSOPINSTANCEUID;
        char made[100] = "";
        if (!hasName) dcmGenerateUniqueIdentifier(made);
        const char *instance = hasName ? request.AffectedSOPInstanceUID : made;
        if (!step(context, "create", instance, request.DataSetType != DIMSE_DATASET_NULL, status)) return false;
        out.CommandField = DIMSE_N_CREATE_RSP;
        response.MessageIDBeingRespondedTo = request.MessageID;
        OFStandard::strlcpy(response.AffectedSOPClassUID, request.AffectedSOPClassUID, sizeof response.AffectedSOPClassUID);
        OFStandard::strlcpy(response.AffectedSOPInstanceUID, instance, sizeof response.AffectedSOPInstanceUID);
        response.opts = O_NCREATE_AFFECTEDSOPCLASSUID | O_NCREATE_AFFECTEDSOPINSTANCEUID;
        response.DataSetType = DIMSE_DATASET_NULL;
        response.DimseStatus = status;
        return DIMSE_sendMessageUsingMemoryData(association, context, &out, nullptr, nullptr, nullptr, nullptr).good();
    }

    bool set(T_ASC_PresentationContextID context, T_DIMSE_N_SetRQ &request) {
        uint16_t status = 0;
        if (!step(context, "set", request.RequestedSOPInstanceUID, request.DataSetType != DIMSE_DATASET_NULL, status)) return false;
        T_DIMSE_Message out{};
        auto &response = out.msg.NSetRSP;
        out.CommandField = DIMSE_N_SET_RSP;
        response.MessageIDBeingRespondedTo = request.MessageID;
        OFStandard::strlcpy(response.AffectedSOPClassUID, request.RequestedSOPClassUID, sizeof response.AffectedSOPClassUID);
        OFStandard::strlcpy(response.AffectedSOPInstanceUID, request.RequestedSOPInstanceUID, sizeof response.AffectedSOPInstanceUID);
        response.opts = O_NSET_AFFECTEDSOPCLASSUID | O_NSET_AFFECTEDSOPINSTANCEUID;
        response.DataSetType = DIMSE_DATASET_NULL;
        response.DimseStatus = status;
        return DIMSE_sendMessageUsingMemoryData(association, context, &out, nullptr, nullptr, nullptr, nullptr).good();
    }

    /// Storage commitment: answered at once. The result follows on the same association, unless the clinic gives none here because
    /// it calls this machine itself.
    bool action(T_ASC_PresentationContextID context, T_DIMSE_N_ActionRQ &request) {
        std::string json = "{}";
        bool isBroken = false;
        bool isRead = request.DataSetType == DIMSE_DATASET_NULL || attributes(context, json, isBroken);
        if (isBroken) return false;
        uint16_t status = STATUS_N_ProcessingFailure, event = 0;
        std::vector<uint8_t> answer;
        if (isRead) {
            char kind = 0;
            if (!ask('C', "{\"action\":" + std::to_string(request.ActionTypeID) + ",\"attributes\":" + json + "}", kind, answer)) return false;
            status = word(answer, 0);
            event = word(answer, 2);
        }
        T_DIMSE_Message out{};
        auto &response = out.msg.NActionRSP;
        out.CommandField = DIMSE_N_ACTION_RSP;
        response.MessageIDBeingRespondedTo = request.MessageID;
        OFStandard::strlcpy(response.AffectedSOPClassUID, request.RequestedSOPClassUID, sizeof response.AffectedSOPClassUID);
        OFStandard::strlcpy(response.AffectedSOPInstanceUID, request.RequestedSOPInstanceUID, sizeof response.AffectedSOPInstanceUID);
        response.ActionTypeID = request.ActionTypeID;
        response.opts = O_NACTION_AFFECTEDSOPCLASSUID | O_NACTION_AFFECTEDSOPINSTANCEUID | O_NACTION_ACTIONTYPEID;
        response.DataSetType = DIMSE_DATASET_NULL;
        response.DimseStatus = status;
        if (DIMSE_sendMessageUsingMemoryData(association, context, &out, nullptr, nullptr, nullptr, nullptr).bad()) return false;
        if (status != STATUS_Success || answer.size() <= 4) return true;
        DcmDataset result;
        if (!fill(result, answer.data() + 4, answer.size() - 4)) return true;
        return sendResult(
            association, context, ownMessage++, request.RequestedSOPClassUID, request.RequestedSOPInstanceUID, event, result).good();
    }
};
}  // namespace

void serve(
    T_ASC_Association *association, const Wire &wire, const std::string &folder, const std::string &place, int idle) {
    Service service(association, wire, folder, place, idle);
    for (;;) {
        alarm(unsigned(idle) * 15);
        T_ASC_PresentationContextID context = 0;
        T_DIMSE_Message message{};
        DcmDataset *detail = nullptr;
        OFCondition condition = DIMSE_receiveCommand(association, DIMSE_NONBLOCKING, idle, &context, &message, &detail);
        delete detail;
        if (condition == DUL_PEERREQUESTEDRELEASE) {
            ASC_acknowledgeRelease(association);
            return;
        }
        if (condition == DUL_PEERABORTEDASSOCIATION) return;
        if (condition.bad() || !service.handle(context, message)) {
            ASC_abortAssociation(association);
            return;
        }
    }
}
