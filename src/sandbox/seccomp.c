#include "sandbox/seccomp.h"

#include <errno.h>
#include <glib.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct {
  int call;
  int code;             /* the errno that it gives */
  unsigned index;       /* of the argument that decides, from 1; 0: always */
  uint32_t mask, value; /* which of its bits, and what they are then */
  const char *why;
} Refusal;

#define ALL 0xffffffffU /* the kernel looks at 32 bits of these arguments, so a filter must too */

static const Refusal refusals[] = {
  {SCMP_SYS(acct), EPERM, .why = "process accounting is the machine's"},
  {SCMP_SYS(add_key), EPERM, .why = "keyrings are no namespace's: they are shared with the machine's root"},
  {SCMP_SYS(keyctl), EPERM, .why = "as add_key"},
  {SCMP_SYS(request_key), EPERM, .why = "as add_key"},
  {SCMP_SYS(bpf), EPERM, .why = "programs in the kernel"},
  {SCMP_SYS(perf_event_open), EPERM, .why = "watches the machine"},
  {SCMP_SYS(userfaultfd), EPERM, .why = "stops the kernel in the midst of a copy, which exploits use"},
  {SCMP_SYS(io_uring_setup), ENOSYS, .why = "calls that a filter does not see; programs fall back"},
  {SCMP_SYS(io_uring_enter), ENOSYS, .why = "as io_uring_setup"},
  {SCMP_SYS(io_uring_register), ENOSYS, .why = "as io_uring_setup"},
  {SCMP_SYS(init_module), EPERM, .why = "kernel modules"},
  {SCMP_SYS(finit_module), EPERM, .why = "as init_module"},
  {SCMP_SYS(delete_module), EPERM, .why = "as init_module"},
  {SCMP_SYS(kexec_load), EPERM, .why = "another kernel"},
  {SCMP_SYS(kexec_file_load), EPERM, .why = "as kexec_load"},
  {SCMP_SYS(reboot), EPERM, .why = "the machine goes on"},
  {SCMP_SYS(swapon), EPERM, .why = "the machine's memory"},
  {SCMP_SYS(swapoff), EPERM, .why = "as swapon"},
  {SCMP_SYS(quotactl), EPERM, .why = "the machine's disks"},
  {SCMP_SYS(quotactl_fd), EPERM, .why = "as quotactl"},
  {SCMP_SYS(open_by_handle_at), EPERM, .why = "reaches files by number, past every mount"},
  {SCMP_SYS(name_to_handle_at), EOPNOTSUPP, .why = "the numbers for open_by_handle_at; programs fall back"},
  {SCMP_SYS(fanotify_init), EPERM, .why = "watches whole file systems"},
  {SCMP_SYS(iopl), EPERM, .why = "raw hardware"},
  {SCMP_SYS(ioperm), EPERM, .why = "as iopl"},
  {SCMP_SYS(settimeofday), EPERM, .why = "the machine's clock"},
  {SCMP_SYS(clock_settime), EPERM, .why = "as settimeofday"},
  {SCMP_SYS(syslog), EPERM, .why = "the kernel's messages"},
  {SCMP_SYS(vhangup), EPERM, .why = "the machine's terminal"},
  {SCMP_SYS(lookup_dcookie), EPERM, .why = "paths of the machine"},
  {SCMP_SYS(uselib), ENOSYS, .why = "nothing of today needs it"},
  {SCMP_SYS(_sysctl), ENOSYS, .why = "as uselib"},
  {SCMP_SYS(unshare), EPERM, 1, CLONE_NEWCGROUP, CLONE_NEWCGROUP, "would let it mount the cgroups of version 1, whose files root's id may write"},
  {SCMP_SYS(clone), EPERM, 1, CLONE_NEWCGROUP, CLONE_NEWCGROUP, "as unshare"},
  {SCMP_SYS(clone3), ENOSYS, .why = "has its flags where a filter does not see them; programs fall back to clone"},
  {SCMP_SYS(ioctl), EPERM, 2, ALL, TIOCSTI, "types into the terminal of the person who debugs"},
  {SCMP_SYS(ioctl), EPERM, 2, ALL, TIOCLINUX, "as TIOCSTI, on a console"},
  {SCMP_SYS(socket), EAFNOSUPPORT, 1, ALL, AF_VSOCK, "reaches the host of a virtual machine, past network namespaces"},
  {SCMP_SYS(socket), EAFNOSUPPORT, 1, ALL, AF_ALG, "seldom used, often broken"},
  {SCMP_SYS(socket), EAFNOSUPPORT, 1, ALL, AF_RDS, "as AF_ALG"},
  {SCMP_SYS(socket), EAFNOSUPPORT, 1, ALL, AF_TIPC, "as AF_ALG"},
};

static int refuse(scmp_filter_ctx filter, const Refusal *refusal) {
  uint32_t action = SCMP_ACT_ERRNO((uint32_t)refusal->code);
  if (refusal->index == 0)
    return seccomp_rule_add(filter, action, refusal->call, 0);
  const struct scmp_arg_cmp argument = SCMP_CMP(refusal->index - 1, SCMP_CMP_MASKED_EQ, refusal->mask, refusal->value);
  return seccomp_rule_add_array(filter, action, refusal->call, 1, &argument);
}

/* Foreign ABIs of the machine, which have numbers of their own, are filtered alike. */
static int add_architectures(scmp_filter_ctx filter) {
#ifdef __x86_64__
  return seccomp_arch_add(filter, SCMP_ARCH_X86);
#elif defined __aarch64__
  return seccomp_arch_add(filter, SCMP_ARCH_ARM);
#else
  (void)filter;
  return 0;
#endif
}

static int load_filter(void) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (filter == NULL)
    return -ENOMEM;
  int failed = add_architectures(filter);
  for (size_t i = 0; i < G_N_ELEMENTS(refusals) && failed == 0; i++)
    failed = refuse(filter, &refusals[i]);
  if (failed == 0)
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree: each call passes it */
  if (failed == 0)
    failed = seccomp_load(filter);
  seccomp_release(filter);
  return failed;
}

/* Sockets in the abstract namespace belong to a network, and services on the machine's trust whoever has root's id. Newer headers name
 * what older kernels do not know yet: then there is no such scope. */
static void scope_abstract_sockets(void) {
  const struct { uint64_t handled_access_fs, handled_access_net, scoped; } rules = {.scoped = 1 /* LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET */};
  int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
  if (fd < 0)
    return;
  (void)!syscall(SYS_landlock_restrict_self, fd, 0);
  close(fd);
}

bool seccomp_confine(void) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    return false;
  scope_abstract_sockets();
  int failed = load_filter();
  errno = -failed;
  return failed == 0;
}
