// What Swift can't call of the system's process functions, since they are variadic.

#ifndef CPROCESS_SHIM_H
#define CPROCESS_SHIM_H

#include <stdbool.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

// No core dump, also none by a pipe, which the limit on its size does not bind; no debugger and no look into the memory
// by other processes of the same user, who is not root. True where the system has no such thing.
static inline bool cprocess_close_memory(void) {
#ifdef __linux__
    return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) == 0;
#else
    return true;
#endif
}

#endif
