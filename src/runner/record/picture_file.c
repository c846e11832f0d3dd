#include "base/error.h"
#include "base/fs.h"
#include "runner/record/picture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)1 << 30)

/* path, mode, uid, gid, device, inode, links, mtime, ctime, size, object, target, attributes */
#define ENTRY_TYPE "(ayuuutttxxttayay)"

/* ---- writing ---- */

static GVariant *bytes_of(const void *data, size_t size) {
  return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, size, 1);
}

static GVariant *variant_of(const Entry *entry) {
  size_t size = 0;
  const void *attributes = entry->attributes != NULL ? g_bytes_get_data(entry->attributes, &size) : NULL;
  const char *target = entry->target != NULL ? entry->target : "";
  return g_variant_new("(@ayuuutttxxtt@ay@ay)", bytes_of(entry->path, strlen(entry->path)), entry->mode, entry->uid, entry->gid,
                       (guint64)entry->device, entry->inode, entry->links, entry->mtime_ns, entry->ctime_ns, entry->size, entry->object,
                       bytes_of(target, strlen(target)), bytes_of(attributes, size));
}

/* Not flushed to the disk: what a loss of power leaves of it is told when it is read. */
static bool put_whole(const char *file, const void *bytes, size_t size, GError **error) {
  g_autofree char *next = g_strconcat(file, ".next", NULL);
  return g_file_set_contents_full(next, bytes, (gssize)size, G_FILE_SET_CONTENTS_NONE, 0600, error) &&
         (rename(next, file) == 0 || error_set_errno(error, errno, "%s", file));
}

bool picture_write(const Picture *picture, const char *file, GError **error) {
  GVariantBuilder builder;
  g_variant_builder_init(&builder, G_VARIANT_TYPE("a" ENTRY_TYPE));
  for (guint i = 0; i < picture->entries->len; i++)
    g_variant_builder_add_value(&builder, variant_of(g_ptr_array_index(picture->entries, i)));
  g_autoptr(GVariant) list = g_variant_ref_sink(g_variant_builder_end(&builder));
  return put_whole(file, g_variant_get_data(list), g_variant_get_size(list), error);
}

/* ---- reading ---- */

/* NUL-terminated, or NULL when it holds a NUL itself. */
static char *text_at(GVariant *tuple, size_t index) {
  g_autoptr(GVariant) bytes = g_variant_get_child_value(tuple, index);
  size_t size;
  const char *data = g_variant_get_fixed_array(bytes, &size, 1);
  return size == 0 ? g_strdup("") : memchr(data, '\0', size) == NULL ? g_strndup(data, size) : NULL;
}

static bool is_inside(const char *path) {
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  for (char **part = parts; *part != NULL; part++)
    if (**part == '\0' || strcmp(*part, ".") == 0 || strcmp(*part, "..") == 0)
      return false;
  return *path != '\0' && g_strv_length(parts) <= SNAPSHOT_DEPTH_MAX;
}

/* Its folder stands in the picture before it. */
static bool has_parent(const Picture *picture, const char *path) {
  g_autofree char *parent = g_path_get_dirname(path);
  if (strcmp(parent, ".") == 0)
    return true;
  const Entry *entry = picture_find(picture, parent);
  return entry != NULL && S_ISDIR(entry->mode);
}

static Entry *entry_of(GVariant *tuple) {
  Entry *entry = g_new0(Entry, 1);
  guint64 device;
  g_variant_get(tuple, "(@ayuuutttxxtt@ay@ay)", NULL, &entry->mode, &entry->uid, &entry->gid, &device, &entry->inode, &entry->links, &entry->mtime_ns,
                &entry->ctime_ns, &entry->size, &entry->object, NULL, NULL);
  g_autoptr(GVariant) attributes = g_variant_get_child_value(tuple, 12);
  entry->device = (dev_t)device;
  entry->path = text_at(tuple, 0);
  entry->target = text_at(tuple, 11);
  if (g_variant_n_children(attributes) > 0)
    entry->attributes = g_variant_get_data_as_bytes(attributes);
  return entry;
}

static bool add_checked(Picture *picture, Entry *entry) {
  bool good = entry->path != NULL && entry->target != NULL && is_inside(entry->path) && has_parent(picture, entry->path) &&
              picture_find(picture, entry->path) == NULL;
  if (entry->path == NULL)
    entry->path = g_strdup("");
  picture_add(picture, entry);
  return good;
}

Picture *picture_read(const char *file, GError **error) {
  size_t size;
  char *text = fs_read(file, FILE_MAX_BYTES, &size, error);
  if (text == NULL)
    return NULL;
  g_autoptr(GVariant) list = g_variant_ref_sink(g_variant_new_from_data(G_VARIANT_TYPE("a" ENTRY_TYPE), text, size, FALSE, g_free, text));
  g_autoptr(Picture) picture = picture_new();
  bool good = g_variant_is_normal_form(list) && g_variant_n_children(list) <= SNAPSHOT_ENTRIES_MAX;
  for (size_t i = 0; good && i < g_variant_n_children(list); i++) {
    g_autoptr(GVariant) tuple = g_variant_get_child_value(list, i);
    good = add_checked(picture, entry_of(tuple));
  }
  if (good)
    return g_steal_pointer(&picture);
  error_set(error, DROVER_ERROR_CORRUPT, "%s: is not a list of files as it was written", file);
  return NULL;
}
