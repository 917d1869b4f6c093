// System calls that glibc has no function for; Swift cannot call `syscall`, which is variadic.

#include <linux/sched/types.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Sets how the calling thread is scheduled (sched_setattr(2)). 0, or -1 with errno.
static inline long variometer_sched_setattr(struct sched_attr *attributes) {
    return syscall(SYS_sched_setattr, 0, attributes, 0);
}
