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
