#include "runner/hash.h"

#include "base/digest.h"
#include "base/error.h"
#include "runner/hash_walk.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define FOLLOW "--follow-symbolic-links"

typedef struct {
  DigestStream *all;
  bool any;
} Sum;

static void digest_raw(DigestStream *stream, uint8_t raw[32]) {
  Digest digest = digest_stream_end(stream);
  const char *hex = digest_hex(digest.text);
  for (size_t i = 0; i < 32; i++)
    raw[i] = (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
}

static bool add_file(int fd, const char *path, int64_t deadline_us, void *data, GError **error) {
  Sum *sum = data;
  g_autoptr(DigestStream) one = digest_stream_new();
  char buffer[65536];
  uint8_t raw[32];
  ssize_t got;
  while ((got = read(fd, buffer, sizeof buffer)) > 0) {
    digest_stream_update(one, buffer, (size_t)got);
    if (g_get_monotonic_time() > deadline_us)
      return hash_fail_late(error);
  }
  if (got < 0)
    return error_set_errno(error, errno, "hashFiles: %s", path);
  digest_raw(g_steal_pointer(&one), raw);
  digest_stream_update(sum->all, raw, sizeof raw);
  sum->any = true;
  return true;
}

/* Takes the option in front away; another one is refused, as at GitHub. */
static bool read_option(const char *const **arguments, bool *follow, GError **error) {
  const char *first = **arguments;
  if (first == NULL || !g_str_has_prefix(first, "--"))
    return true;
  if (g_ascii_strcasecmp(first, FOLLOW) != 0)
    return error_set(error, DROVER_ERROR_INPUT, "hashFiles: there is no option \"%.60s\", only " FOLLOW, first);
  *follow = true;
  (*arguments)++;
  return true;
}

char *hash_files(const HashPlace *place, const char *const *arguments, GError **error) {
  const char *inside = place->inside != NULL ? place->inside : place->root, *home = place->home != NULL ? place->home : "/root";
  bool follow = false;
  if (!read_option(&arguments, &follow, error))
    return NULL;
  g_autofree char *patterns = g_strjoinv("\n", (char **)arguments);
  g_autoptr(GlobSet) set = glob_set_new(patterns, inside, home, error);
  if (set == NULL)
    return NULL;
  g_autoptr(DigestStream) all = digest_stream_new();
  Sum sum = {.all = all};
  HashWalk walk = {.root = place->root,
                   .inside = inside,
                   .set = set,
                   .follow = follow,
                   .on_file = add_file,
                   .data = &sum,
                   .deadline_us = g_get_monotonic_time() + HASH_DEADLINE_MS * INT64_C(1000)};
  if (!hash_walk(&walk, error))
    return NULL;
  Digest digest = digest_stream_end(g_steal_pointer(&all));
  return g_strdup(sum.any ? digest_hex(digest.text) : "");
}
