// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

class Object;

/// What the clinic keeps of an object, as JSON: its attributes and where its frames are; and the little of it by which an
/// object that arrives is filed.
struct Index {
    std::string whole, head;
};

Index indexOf(const Object &object);
