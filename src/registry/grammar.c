#include "registry/grammar.h"

#include <string.h>

#define ID_BYTES 26

bool grammar_is_upload_id(const char *text) {
  return text != NULL && strspn(text, "0123456789abcdefghjkmnpqrstvwxyz") == ID_BYTES && text[ID_BYTES] == '\0';
}

static bool target_set(Target *target, TargetKind kind, const char *name, size_t length, const char *reference) {
  if (length == 0)
    return false;
  *target = (Target){.kind = kind, .repository = g_strndup(name, length), .reference = g_strdup(reference)};
  return true;
}

/* Whether the first `length` bytes of `text` end in `suffix`; takes it off. */
static bool take_suffix(const char *text, size_t *length, const char *suffix) {
  size_t size = strlen(suffix);
  if (*length < size || memcmp(text + *length - size, suffix, size) != 0)
    return false;
  *length -= size;
  return true;
}

/* A name may hold "blobs" or "manifests" itself, so a path is read from its end. */
bool target_parse(const char *path, Target *target) {
  static const struct {
    const char *suffix;
    TargetKind kind;
  } whole[] = {{"/blobs/uploads/", TARGET_UPLOADS}, {"/blobs/uploads", TARGET_UPLOADS}, {"/tags/list", TARGET_TAGS}},
    before_reference[] = {{"/blobs/uploads", TARGET_UPLOAD},
                          {"/blobs", TARGET_BLOB},
                          {"/manifests", TARGET_MANIFEST},
                          {"/referrers", TARGET_REFERRERS}};

  if (strcmp(path, "/v2") == 0 || strcmp(path, "/v2/") == 0) {
    *target = (Target){.kind = TARGET_BASE};
    return true;
  }
  if (!g_str_has_prefix(path, "/v2/"))
    return false;
  const char *name = path + strlen("/v2/");
  for (size_t i = 0; i < G_N_ELEMENTS(whole); i++) {
    size_t length = strlen(name);
    if (take_suffix(name, &length, whole[i].suffix))
      return target_set(target, whole[i].kind, name, length, NULL);
  }
  const char *slash = strrchr(name, '/');
  for (size_t i = 0; slash != NULL && i < G_N_ELEMENTS(before_reference); i++) {
    size_t length = (size_t)(slash - name);
    if (take_suffix(name, &length, before_reference[i].suffix))
      return target_set(target, before_reference[i].kind, name, length, slash + 1);
  }
  return false;
}

void target_clear(Target *target) {
  g_clear_pointer(&target->repository, g_free);
  g_clear_pointer(&target->reference, g_free);
}
