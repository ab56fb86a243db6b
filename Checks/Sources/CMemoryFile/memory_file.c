#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "CMemoryFile.h"

int checks_memory_file(void) {
    int descriptor = memfd_create("input", MFD_CLOEXEC);
    if (descriptor >= 0 && fchmod(descriptor, 0600) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}
