#include "runner/record/picture.h"

#include <string.h>

static void entry_free(void *data) {
  Entry *entry = data;
  g_free(entry->path);
  g_free(entry->target);
  g_clear_pointer(&entry->attributes, g_bytes_unref);
  g_free(entry);
}

Picture *picture_new(void) {
  Picture *picture = g_new0(Picture, 1);
  picture->entries = g_ptr_array_new_with_free_func(entry_free);
  picture->by_path = g_hash_table_new(g_str_hash, g_str_equal);
  return picture;
}

void picture_free(Picture *picture) {
  g_hash_table_unref(picture->by_path);
  g_ptr_array_unref(picture->entries);
  g_free(picture);
}

void picture_add(Picture *picture, Entry *entry) {
  g_ptr_array_add(picture->entries, entry);
  g_hash_table_insert(picture->by_path, entry->path, entry);
}

const Entry *picture_find(const Picture *picture, const char *path) {
  return g_hash_table_lookup(picture->by_path, path);
}

static int64_t nanoseconds(struct timespec time) {
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

void entry_note(Entry *entry, const struct stat *found) {
  entry->inode = found->st_ino;
  entry->links = found->st_nlink;
  entry->mtime_ns = nanoseconds(found->st_mtim);
  entry->ctime_ns = nanoseconds(found->st_ctim);
  entry->size = (uint64_t)found->st_size;
}

Entry *entry_new(const char *path, const struct stat *found) {
  Entry *entry = g_new0(Entry, 1);
  entry->path = g_strdup(path);
  entry->mode = found->st_mode;
  entry->uid = found->st_uid;
  entry->gid = found->st_gid;
  entry->device = S_ISCHR(found->st_mode) || S_ISBLK(found->st_mode) ? found->st_rdev : 0;
  entry_note(entry, found);
  return entry;
}

bool entry_is_same(const Entry *old, const Entry *entry) {
  return old->links != 0 && old->mode == entry->mode && old->uid == entry->uid && old->gid == entry->gid && old->inode == entry->inode &&
         old->device == entry->device && old->mtime_ns == entry->mtime_ns && old->ctime_ns == entry->ctime_ns &&
         (S_ISDIR(entry->mode) || old->size == entry->size);
}
