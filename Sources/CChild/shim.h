// SPDX-License-Identifier: Apache-2.0
// What the GNU C library has and Swift's view of it leaves out: limits for a child process, and which handles it keeps.
#ifdef __linux__
#include <spawn.h>
#include <sys/resource.h>
#include <sys/types.h>

extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

struct rlimit64_of_child {
    unsigned long long current;
    unsigned long long maximum;
};

extern int prlimit64(pid_t process, int resource, const struct rlimit64_of_child *wanted, struct rlimit64_of_child *had);

/// Sets both limits of one resource of another process; 0 on success.
static inline int child_limit(pid_t process, int resource, unsigned long long value) {
    struct rlimit64_of_child wanted = {value, value};
    return prlimit64(process, resource, &wanted, 0);
}

enum { child_limit_file_size = RLIMIT_FSIZE, child_limit_core = RLIMIT_CORE, child_limit_memory = RLIMIT_AS };
enum { child_set_pipe_size = 1031 };
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/// Starts a program that inherits `count` descriptors as 0, 1, 2 … and nothing else: no setting, no secret.
/// A negative descriptor stands for the empty device. 0 on success, else the error.
static inline int helper_start(const char *path, char *const *arguments, const int *handles, int count, pid_t *child) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int copies[8], code = 0, made = 0;
    if (count > 8) return EINVAL;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    for (; made < count && code == 0; made++) {
        int from = handles[made] < 0 ? open("/dev/null", O_RDWR | O_CLOEXEC) : handles[made];
        // Above all targets, so that no copy overwrites one that is still needed.
        copies[made] = from < 0 ? -1 : fcntl(from, F_DUPFD_CLOEXEC, 64);
        if (copies[made] < 0) code = errno;
        if (handles[made] < 0 && from >= 0) close(from);
        if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, copies[made], made);
    }
    short flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
#ifdef __linux__
    if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(&actions, count);
#else
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, flags);
    posix_spawnattr_setpgroup(&attributes, 0);
    char dictionary[1024] = "DCMDICTPATH=";
    const char *named = getenv("DCMDICTPATH");
    if (named && strlen(named) < 1000) strcat(dictionary, named);
    char *environment[] = {(char *)"PATH=/usr/local/bin:/usr/bin:/bin", (char *)"LC_ALL=C", named ? dictionary : 0, 0};
    if (code == 0) code = posix_spawn(child, path, &actions, &attributes, arguments, environment);
    for (int i = 0; i < made; i++)
        if (copies[i] >= 0) close(copies[i]);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return code;
}

/// A listening socket of an IPv4 or IPv6 address; negative where it can't be had, with `errno`.
static inline int helper_listen(const char *host, unsigned short port) {
    struct sockaddr_storage place;
    memset(&place, 0, sizeof place);
    struct sockaddr_in *four = (struct sockaddr_in *)&place;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&place;
    socklen_t size;
    if (inet_pton(AF_INET, strcmp(host, "localhost") ? host : "127.0.0.1", &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        size = sizeof *four;
    } else if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        size = sizeof *six;
    } else {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    int handle = socket(place.ss_family, SOCK_STREAM, 0), on = 1;
    if (handle < 0) return -1;
    fcntl(handle, F_SETFD, FD_CLOEXEC);
    fcntl(handle, F_SETFL, O_NONBLOCK);
    setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(handle, (struct sockaddr *)&place, size) != 0 || listen(handle, 256) != 0) {
        int code = errno;
        close(handle);
        errno = code;
        return -1;
    }
    return handle;
}

/// The next connection with its peer's address as text; negative where there is none.
static inline int helper_accept(int handle, char *address, int size) {
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    int connection = accept(handle, (struct sockaddr *)&peer, &length);
    if (connection < 0) return -1;
    fcntl(connection, F_SETFD, FD_CLOEXEC);
    const void *from = peer.ss_family == AF_INET ? (const void *)&((struct sockaddr_in *)&peer)->sin_addr
                                                 : (const void *)&((struct sockaddr_in6 *)&peer)->sin6_addr;
    if (!inet_ntop(peer.ss_family, from, address, (socklen_t)size)) address[0] = 0;
    return connection;
}

/// Whether a connection is over without having said anything. Nothing is taken from it.
static inline int helper_has_ended(int handle) {
    char byte;
    ssize_t got = recv(handle, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

/// Two ends of a stream between two processes of this machine.
static inline int helper_pair(int *ends) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#ifndef __linux__
    int on = 1;
    setsockopt(ends[0], SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    return 0;
}

/// A pipe, its reading end first; large where the system allows it.
static inline int helper_pipe(int *ends) {
    if (pipe(ends) != 0) return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#ifdef __linux__
    fcntl(ends[1], child_set_pipe_size, 1 << 20);
#endif
    return 0;
}

/// Lets a receive end after these seconds.
static inline void helper_hurry(int handle, int seconds) {
    struct timeval limit = {seconds, 0};
    setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

/// Sends without a signal where the other side is gone.
static inline ssize_t helper_send(int handle, const void *bytes, size_t count) {
#ifdef __linux__
    return send(handle, bytes, count, MSG_NOSIGNAL);
#else
    return send(handle, bytes, count, 0);
#endif
}

/// Gives a descriptor to the process at the other end of a pair; 0 on success.
static inline int helper_give(int handle, int given) {
    char byte = 0;
    struct iovec part = {&byte, 1};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control.room;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof given);
    memcpy(CMSG_DATA(head), &given, sizeof given);
#ifdef __linux__
    return sendmsg(handle, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
#else
    return sendmsg(handle, &message, 0) == 1 ? 0 : -1;
#endif
}

/// Waits for a child; its exit code, or 128 and the signal.
static inline int helper_wait(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return 127;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
