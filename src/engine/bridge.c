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

static const char *const prefixes[] = {"podman", "cni-podman", "docker", "br-"};

static bool needs_pin(const char *name) {
  g_autofree char *path = g_strdup_printf("/sys/class/net/%s/addr_assign_type", name);
  g_autofree char *text = fs_read(path, 16, NULL, NULL);
  return text != NULL && strcmp(g_strchomp(text), ADDRESS_WAS_SET) != 0;
}

static bool is_engines(const char *name) {
  g_autofree char *path = g_build_filename("/sys/class/net", name, "bridge", NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
    if (g_str_has_prefix(name, prefixes[i]))
      return access(path, F_OK) == 0;
  return false;
}

static void pin(int fd, const char *name) {
  struct ifreq request = {0};
  g_strlcpy(request.ifr_name, name, sizeof request.ifr_name);
  if (is_engines(name) && needs_pin(name) && ioctl(fd, SIOCGIFHWADDR, &request) == 0)
    (void)!ioctl(fd, SIOCSIFHWADDR, &request);
}

void bridge_pin_addresses(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_autoptr(GDir) interfaces = fd >= 0 ? g_dir_open("/sys/class/net", 0, NULL) : NULL;
  for (const char *name; interfaces != NULL && (name = g_dir_read_name(interfaces)) != NULL;)
    pin(fd, name);
  if (fd >= 0)
    close(fd);
}
