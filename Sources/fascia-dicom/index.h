// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

class Object;

/// What the clinic keeps of an object, as JSON: its attributes and where its frames are; and the little of it by which an
/// object that arrives is filed, in the order of `ObjectHead` (Sources/DICOM).
struct Index {
    std::string whole;
    std::vector<std::string> head;
};

Index indexOf(const Object &object);
