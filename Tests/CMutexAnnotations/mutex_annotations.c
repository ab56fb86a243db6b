// Shows Swift's mutexes to the thread sanitizer.
//
// A mutex that nobody else holds is locked and unlocked by atomic operations, which are compiled into the program and so
// are seen. Waiting for one and waking who waits is done by two functions of Swift's library, which is not built for the
// sanitizer: without their edges, whatever a contended mutex protects would be reported. The functions of those names
// here come first when symbols are bound; they call the library's and tell the sanitizer what these mean, at the address
// at which it sees the atomic operations.
#if defined(__linux__) && defined(__has_feature)
#if __has_feature(thread_sanitizer)

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SELF __attribute__((swift_context)) void *self

typedef __attribute__((swiftcall)) void lock_function(uint32_t, SELF);
typedef __attribute__((swiftcall)) void unlock_function(SELF);

void __tsan_acquire(void *address);
void __tsan_release(void *address);

static void *library_function(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) {
        abort();
    }
    return function;
}

__attribute__((swiftcall)) void annotated_lock(uint32_t thread, SELF) __asm__(LOCK);
__attribute__((swiftcall)) void annotated_lock(uint32_t thread, SELF) {
    ((lock_function *)library_function(LOCK))(thread, self);
    __tsan_acquire(self);
}

__attribute__((swiftcall)) void annotated_unlock(SELF) __asm__(UNLOCK);
__attribute__((swiftcall)) void annotated_unlock(SELF) {
    __tsan_release(self);
    ((unlock_function *)library_function(UNLOCK))(self);
}

#endif
#endif
