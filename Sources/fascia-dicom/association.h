// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

class Object;

/// What the clinic keeps of an object: its attributes and where its frames are.
std::string indexJSON(const Object &object);

/// Serves the association whose connection is file descriptor 3, asking the clinic on file descriptor 4.
int serveAssociation(int count, char **arguments);
