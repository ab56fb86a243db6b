// Has nothing to call: being linked is enough.
#ifndef CMUTEXANNOTATIONS_H
#define CMUTEXANNOTATIONS_H
#endif
