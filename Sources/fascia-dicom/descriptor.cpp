// SPDX-License-Identifier: Apache-2.0
#include "descriptor.h"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/uio.h>

int receiveDescriptor(int from) {
    char byte;
    iovec part{&byte, 1};
    alignas(cmsghdr) char room[CMSG_SPACE(sizeof(int))];
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = room;
    message.msg_controllen = sizeof room;
    ssize_t got;
    while ((got = recvmsg(from, &message, 0)) < 0 && errno == EINTR) {}
    const cmsghdr *sent = got == 1 ? CMSG_FIRSTHDR(&message) : nullptr;
    if (!sent || sent->cmsg_level != SOL_SOCKET || sent->cmsg_type != SCM_RIGHTS) return -1;
    int descriptor;
    std::memcpy(&descriptor, CMSG_DATA(sent), sizeof descriptor);
    return descriptor;
}
