// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Lets DCMTK know the elements of commands and nothing else, until an object comes that does not say its representations:
/// reading the whole dictionary takes twice as long as the rest of an association that asks for the worklist.
void knowCommandsOnly();
