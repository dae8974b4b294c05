// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A descriptor that the process at the other end of a pair sends with one byte; negative where that has ended.
int receiveDescriptor(int from);
