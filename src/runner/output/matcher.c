#include "runner/output/matcher.h"

#include "runner/output/matcher_file.h"

#include "base/error.h"

#define IN_FORCE_MAX 100

struct Matchers {
  GMutex lock;
  GPtrArray *list;    /* Matcher, the newest first; replaced, never changed */
  int version, count; /* of the list, to be read without the lock */
};

Matchers *matchers_new(void) {
  Matchers *matchers = g_new0(Matchers, 1);
  g_mutex_init(&matchers->lock);
  matchers->list = g_ptr_array_new_with_free_func(matcher_unref);
  return matchers;
}

void matchers_free(Matchers *matchers) {
  g_ptr_array_unref(matchers->list);
  g_mutex_clear(&matchers->lock);
  g_free(matchers);
}

int matchers_version(const Matchers *matchers) {
  return g_atomic_int_get(&matchers->version);
}

GPtrArray *matchers_list(Matchers *matchers) {
  G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&matchers->lock);
  return g_ptr_array_ref(matchers->list);
}

bool matchers_any(const Matchers *matchers) {
  return g_atomic_int_get(&matchers->count) > 0;
}

static bool names(const GPtrArray *list, const char *owner) {
  for (guint i = 0; i < list->len; i++)
    if (g_ascii_strcasecmp(((const Matcher *)g_ptr_array_index(list, i))->owner, owner) == 0)
      return true;
  return false;
}

/* Puts `added` (may be NULL) before those in force; those whose owner `gone` names are dropped. */
static bool replace(Matchers *matchers, const GPtrArray *added, const GPtrArray *gone, GError **error) {
  G_GNUC_UNUSED g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&matchers->lock);
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(matcher_unref);
  for (guint i = added != NULL ? added->len : 0; i > 0; i--)
    g_ptr_array_add(list, matcher_ref(g_ptr_array_index(added, i - 1)));
  for (guint i = 0; i < matchers->list->len; i++) {
    Matcher *matcher = g_ptr_array_index(matchers->list, i);
    if (!names(gone, matcher->owner))
      g_ptr_array_add(list, matcher_ref(matcher));
  }
  if (list->len > IN_FORCE_MAX)
    return error_set(error, DROVER_ERROR_INPUT, "more than %d problem matchers would be in force; remove some first", IN_FORCE_MAX);
  g_ptr_array_unref(matchers->list);
  matchers->list = g_steal_pointer(&list);
  g_atomic_int_inc(&matchers->version);
  g_atomic_int_set(&matchers->count, (int)matchers->list->len);
  return true;
}

bool matchers_add(Matchers *matchers, const char *json, size_t size, GError **error) {
  g_autoptr(GPtrArray) read = matcher_file_read(json, size, false, error);
  return read != NULL && replace(matchers, read, read, error);
}

void matchers_remove(Matchers *matchers, const char *owner) {
  const Matcher named = {.owner = (char *)owner};
  g_autoptr(GPtrArray) gone = g_ptr_array_new();
  g_ptr_array_add(gone, (void *)&named);
  (void)replace(matchers, NULL, gone, NULL); /* fewer are never too many */
}

bool matchers_remove_file(Matchers *matchers, const char *json, size_t size, GError **error) {
  g_autoptr(GPtrArray) read = matcher_file_read(json, size, true, error);
  return read != NULL && replace(matchers, NULL, read, error);
}
