#include "engine/bridge.h"

#include "base/fs.h"

#include <glib.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* NET_ADDR_SET of linux/netdevice.h: the address was set from user space. */
#define ADDRESS_WAS_SET "3"

static const char *const bridges[] = {"podman0", "cni-podman0", "docker0"};

static bool needs_pin(const char *name) {
  g_autofree char *path = g_strdup_printf("/sys/class/net/%s/addr_assign_type", name);
  g_autofree char *text = fs_read(path, 16, NULL, NULL);
  return text != NULL && strcmp(g_strchomp(text), ADDRESS_WAS_SET) != 0;
}

void bridge_pin_addresses(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  for (size_t i = 0; fd >= 0 && i < G_N_ELEMENTS(bridges); i++) {
    struct ifreq request = {0};
    g_strlcpy(request.ifr_name, bridges[i], sizeof request.ifr_name);
    if (needs_pin(bridges[i]) && ioctl(fd, SIOCGIFHWADDR, &request) == 0)
      (void)!ioctl(fd, SIOCSIFHWADDR, &request);
  }
  if (fd >= 0)
    close(fd);
}
