// SPDX-License-Identifier: Apache-2.0
// Storage commitment's result (PS3.4 J.3.3): on the association on which it was asked, or on one of the clinic's own.
#pragma once

#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>

class DcmDataset;

/// Sends the result; the machine's answer comes later.
OFCondition sendResult(
    T_ASC_Association *association, T_ASC_PresentationContextID context, Uint16 message, const char *sopClass,
    const char *sopInstance, Uint16 event, DcmDataset &result);

/// Brings a result to a machine and waits for its answer: `report FILE --own TITLE --peer TITLE --address HOST:PORT
/// --event NUMBER --idle SECONDS`, and the options of TLS. Throws a `Refusal` that says why it could not.
int reportCommitment(const std::vector<std::string> &words);
