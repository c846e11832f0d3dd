#include "base/error.h"
#include "runner/record/picture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  const char *dir;      /* where the objects lie */
  const char *folder;   /* for messages */
  GHashTable *children; /* path of a folder -> GPtrArray of Entry; "" is the top */
  GHashTable *linked;   /* inode in the picture -> the first path that was put back */
  int top;
  GError **error;
} Restore;

static const char *base_of(const Entry *entry) {
  const char *slash = strrchr(entry->path, '/');
  return slash != NULL ? slash + 1 : entry->path;
}

static bool fail(const Restore *restore, const char *path) {
  return error_set_errno(restore->error, errno, "%s/%s cannot be put back", restore->folder, path);
}

/* ---- removing ---- */

/* What `name` names in `dir`, with all below it; follows no link. Folders without rights for their owner are opened by root only, and
 * by an ordinary user after giving them. */
static bool remove_at(int dir, const char *name) {
  if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
    return true;
  (void)fchmodat(dir, name, 0700, AT_SYMLINK_NOFOLLOW);
  int inner = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *listing = inner >= 0 ? fdopendir(inner) : NULL;
  if (listing == NULL) {
    if (inner >= 0)
      close(inner);
    return false;
  }
  bool good = true;
  const struct dirent *found;
  while (good && (found = readdir(listing)) != NULL)
    if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0)
      good = remove_at(inner, found->d_name);
  closedir(listing);
  return good && unlinkat(dir, name, AT_REMOVEDIR) == 0;
}

/* The names that are there, so that nothing is removed while the folder is read. */
static GPtrArray *names_in(int dir) {
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  int inner = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *listing = inner >= 0 ? fdopendir(inner) : NULL;
  const struct dirent *found;
  while (listing != NULL && (found = readdir(listing)) != NULL)
    if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0)
      g_ptr_array_add(names, g_strdup(found->d_name));
  if (listing != NULL)
    closedir(listing);
  return names;
}

/* A folder stays where one belongs; all else that is not exactly what it was goes. */
static bool stays(int dir, const Entry *entry, const char *name) {
  struct stat found;
  if (entry == NULL || fstatat(dir, name, &found, AT_SYMLINK_NOFOLLOW) != 0)
    return false;
  if (S_ISDIR(entry->mode))
    return S_ISDIR(found.st_mode);
  Entry *now = entry_new(entry->path, &found);
  bool same = entry_is_same(entry, now);
  g_free(now->path);
  g_free(now);
  return same;
}

static bool remove_others(const Restore *restore, int dir, const GPtrArray *children, const char *path) {
  g_autoptr(GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; children != NULL && i < children->len; i++) {
    Entry *entry = g_ptr_array_index(children, i);
    g_hash_table_insert(wanted, (gpointer)base_of(entry), entry);
  }
  g_autoptr(GPtrArray) names = names_in(dir);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    if (!stays(dir, g_hash_table_lookup(wanted, name), name) && !remove_at(dir, name))
      return fail(restore, path);
  }
  return true;
}

/* ---- putting back ---- */

static bool put_file(const Restore *restore, int dir, const Entry *entry) {
  const char *first = g_hash_table_lookup(restore->linked, &entry->inode);
  if (entry->links > 1 && first != NULL && linkat(restore->top, first, dir, base_of(entry), 0) == 0)
    return true;
  int to = openat(dir, base_of(entry), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (to < 0)
    return fail(restore, entry->path);
  bool good = true;
  if (entry->object != 0) {
    g_autofree char *object = snapshot_object(restore->dir, entry->object);
    int from = open(object, O_RDONLY | O_CLOEXEC);
    good = from >= 0 ? picture_copy(from, to, restore->error)
                     : error_set(restore->error, DROVER_ERROR_CORRUPT, "%s: the recorded bytes of %s are missing", object, entry->path);
    if (from >= 0)
      close(from);
  }
  close(to);
  return good;
}

static bool make_entry(const Restore *restore, int dir, const Entry *entry) {
  const char *name = base_of(entry);
  struct stat found;
  if (fstatat(dir, name, &found, AT_SYMLINK_NOFOLLOW) == 0)
    return true; /* it stayed */
  if (S_ISREG(entry->mode))
    return put_file(restore, dir, entry);
  bool good = S_ISDIR(entry->mode)   ? mkdirat(dir, name, 0700) == 0
              : S_ISLNK(entry->mode) ? symlinkat(entry->target, dir, name) == 0
                                     : mknodat(dir, name, entry->mode, entry->device) == 0;
  return good || fail(restore, entry->path);
}

/* Owner, attributes, mode and time, in the order in which none undoes another. */
static bool dress(const Restore *restore, int dir, Entry *entry) {
  const char *name = base_of(entry);
  g_autofree char *place = g_strdup_printf("/proc/self/fd/%d/%s", dir, name);
  struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = entry->mtime_ns / 1000000000, .tv_nsec = entry->mtime_ns % 1000000000}};
  struct stat found;
  bool owned = fchownat(dir, name, entry->uid, entry->gid, AT_SYMLINK_NOFOLLOW) == 0 || errno == EPERM;
  if (!owned || (!S_ISLNK(entry->mode) && fchmodat(dir, name, entry->mode & 07777, 0) != 0))
    return fail(restore, entry->path);
  if (!picture_set_attributes(place, entry->attributes, restore->error))
    return false;
  if (utimensat(dir, name, times, AT_SYMLINK_NOFOLLOW) != 0 || fstatat(dir, name, &found, AT_SYMLINK_NOFOLLOW) != 0)
    return fail(restore, entry->path);
  if (S_ISREG(entry->mode) && entry->links > 1 && g_hash_table_lookup(restore->linked, &entry->inode) == NULL) {
    uint64_t *inode = g_memdup2(&entry->inode, sizeof entry->inode);
    g_hash_table_insert(restore->linked, inode, entry->path);
  }
  return true;
}

static bool restore_folder(const Restore *restore, int dir, const char *path) {
  const GPtrArray *children = g_hash_table_lookup(restore->children, path);
  if (!remove_others(restore, dir, children, path))
    return false;
  for (guint i = 0; children != NULL && i < children->len; i++) {
    Entry *entry = g_ptr_array_index(children, i);
    if (!make_entry(restore, dir, entry))
      return false;
    if (S_ISDIR(entry->mode)) {
      (void)fchmodat(dir, base_of(entry), 0700, 0);
      int inner = openat(dir, base_of(entry), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      bool good = inner >= 0 ? restore_folder(restore, inner, entry->path) : fail(restore, entry->path);
      if (inner >= 0)
        close(inner);
      if (!good)
        return false;
    }
    if (!dress(restore, dir, entry))
      return false;
  }
  return true;
}

/* Its inode and times are new: the next picture must find them in this one. A second name changes a file's link count and time, so all
 * is looked at when everything stands. */
static void note_all(const Restore *restore, const Picture *picture) {
  for (guint i = 0; i < picture->entries->len; i++) {
    Entry *entry = g_ptr_array_index(picture->entries, i);
    struct stat found;
    if (fstatat(restore->top, entry->path, &found, AT_SYMLINK_NOFOLLOW) == 0 && entry->links != 0)
      entry_note(entry, &found);
  }
}

static GHashTable *children_of(const Picture *picture) {
  GHashTable *children = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < picture->entries->len; i++) {
    Entry *entry = g_ptr_array_index(picture->entries, i);
    const char *slash = strrchr(entry->path, '/');
    g_autofree char *parent = slash != NULL ? g_strndup(entry->path, (size_t)(slash - entry->path)) : g_strdup("");
    GPtrArray *list = g_hash_table_lookup(children, parent);
    if (list == NULL)
      g_hash_table_insert(children, g_steal_pointer(&parent), list = g_ptr_array_new());
    g_ptr_array_add(list, entry);
  }
  return children;
}

bool picture_restore(Picture *picture, const char *dir, const char *folder, GError **error) {
  int top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (top < 0)
    return error_set_errno(error, errno, "%s", folder);
  g_autoptr(GHashTable) children = children_of(picture);
  g_autoptr(GHashTable) linked = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  Restore restore = {.dir = dir, .folder = folder, .children = children, .linked = linked, .top = top, .error = error};
  bool good = restore_folder(&restore, top, "");
  if (good)
    note_all(&restore, picture);
  close(top);
  return good;
}
