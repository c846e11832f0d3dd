#include "base/id.h"

#include <glib.h>
#include <stdint.h>
#include <sys/random.h>

char *id_new(void) {
  static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
  uint8_t random[10];
  if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
    g_error("the kernel gives no random bytes");
  uint64_t time_ms = (uint64_t)(g_get_real_time() / 1000);
  char *id = g_malloc(27);
  for (int i = 9; i >= 0; i--, time_ms >>= 5)
    id[i] = digits[time_ms & 31];
  for (int half = 0; half < 2; half++) {
    uint64_t bits = 0;
    for (int i = 0; i < 5; i++)
      bits = bits << 8 | random[half * 5 + i];
    for (int i = 7; i >= 0; i--, bits >>= 5)
      id[10 + half * 8 + i] = digits[bits & 31];
  }
  id[26] = '\0';
  return id;
}
