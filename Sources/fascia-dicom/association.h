// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Makes itself ready, waits for the connection that the clinic sends by file descriptor 4, and serves its association,
/// asking the clinic on the same.
int serveAssociation(int count, char **arguments);
