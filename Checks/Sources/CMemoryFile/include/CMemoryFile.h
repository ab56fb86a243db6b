// What fuzzing needs of C: files in memory.
#ifndef CMEMORYFILE_H
#define CMEMORYFILE_H

// The descriptor of a new empty file of mode 0600 that lies in memory, or -1. Others open it as /proc/self/fd/NUMBER.
int checks_memory_file(void);

#endif
