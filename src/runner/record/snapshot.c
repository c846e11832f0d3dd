#include "runner/record/snapshot.h"

#include "base/error.h"
#include "base/fs.h"
#include "runner/record/picture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME_MAX_BYTES 200

struct Snapshots {
  char *dir;
  char *folder;
  int64_t max_bytes;
  int64_t bytes;    /* of all objects */
  uint64_t objects; /* the highest number that was given */
  Picture *last;    /* NULL: none yet */
  char *last_name;
};

char *snapshot_object(const char *dir, uint64_t object) {
  return g_strdup_printf("%s/objects/%" G_GUINT64_FORMAT, dir, object);
}

static char *list_of(const Snapshots *snapshots, const char *name) {
  return g_build_filename(snapshots->dir, "lists", name, NULL);
}

/* ---- opening ---- */

static bool count_objects(Snapshots *snapshots, GError **error) {
  g_autofree char *folder = g_build_filename(snapshots->dir, "objects", NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
    struct stat found;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (lstat(path, &found) != 0)
      continue;
    snapshots->bytes += found.st_size;
    snapshots->objects = MAX(snapshots->objects, g_ascii_strtoull(name, NULL, 10));
  }
  return dir != NULL;
}

static bool load_last(Snapshots *snapshots, GError **error) {
  g_autofree char *file = g_build_filename(snapshots->dir, "last", NULL);
  g_autoptr(GError) inner = NULL;
  g_autofree char *name = fs_read(file, NAME_MAX_BYTES, NULL, &inner);
  if (name == NULL && error_is(inner, DROVER_ERROR_NOT_FOUND))
    return true;
  if (name == NULL || strchr(name, '/') != NULL)
    return error_set(error, DROVER_ERROR_CORRUPT, "%s: %s", file, inner != NULL ? inner->message : "is no name of a picture");
  g_autofree char *list = list_of(snapshots, name);
  snapshots->last = picture_read(list, error);
  snapshots->last_name = g_steal_pointer(&name);
  return snapshots->last != NULL;
}

Snapshots *snapshots_open(const char *dir, const char *folder, int64_t max_bytes, GError **error) {
  g_autoptr(Snapshots) snapshots = g_new0(Snapshots, 1);
  snapshots->dir = g_strdup(dir);
  snapshots->folder = g_strdup(folder);
  snapshots->max_bytes = max_bytes;
  g_autofree char *lists = g_build_filename(dir, "lists", NULL), *objects = g_build_filename(dir, "objects", NULL);
  if (!fs_make_dirs(lists, 0700, error) || !fs_make_dirs(objects, 0700, error) || !count_objects(snapshots, error) || !load_last(snapshots, error))
    return NULL;
  return g_steal_pointer(&snapshots);
}

void snapshots_free(Snapshots *snapshots) {
  g_clear_pointer(&snapshots->last, picture_free);
  g_free(snapshots->last_name);
  g_free(snapshots->dir);
  g_free(snapshots->folder);
  g_free(snapshots);
}

bool snapshot_has(const Snapshots *snapshots, const char *name) {
  g_autofree char *list = list_of(snapshots, name);
  return g_file_test(list, G_FILE_TEST_IS_REGULAR);
}

/* ---- taking ---- */

typedef struct {
  Snapshots *snapshots;
  Picture *picture;
  GHashTable *linked; /* inode -> Entry *, of files with several names */
  bool changed;       /* something is not as in the last picture */
  uint64_t first;     /* the first object that this picture made */
  GError **error;
} Walk;

static bool copy_file(Walk *walk, int dir, const char *name, Entry *entry) {
  Snapshots *snapshots = walk->snapshots;
  int from = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat found;
  if (from < 0 || fstat(from, &found) != 0 || !S_ISREG(found.st_mode)) {
    if (from >= 0)
      close(from);
    entry->links = 0; /* it has gone meanwhile: an empty file, to be looked at again */
    entry->size = 0;
    return true;
  }
  entry_note(entry, &found);
  if (snapshots->bytes + found.st_size > snapshots->max_bytes) {
    close(from);
    return error_set(walk->error, DROVER_ERROR_REFUSED, "the recorded states would take more than %" G_GINT64_FORMAT " MiB",
                     snapshots->max_bytes >> 20);
  }
  entry->object = ++snapshots->objects;
  g_autofree char *path = snapshot_object(snapshots->dir, entry->object);
  int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  bool good = to >= 0 ? picture_copy(from, to, walk->error) : error_set_errno(walk->error, errno, "%s", path);
  if (good && (fstat(from, &found) != 0 || found.st_mtim.tv_nsec != entry->mtime_ns % 1000000000 || (uint64_t)found.st_size != entry->size))
    entry->links = 0;
  snapshots->bytes += found.st_size;
  close(from);
  if (to >= 0)
    close(to);
  return good;
}

/* Bytes that the last picture has already, or another name of the same file. */
static bool is_known(Walk *walk, Entry *entry, const Entry *old) {
  const Entry *other = entry->links > 1 ? g_hash_table_lookup(walk->linked, &entry->inode) : NULL;
  if (other != NULL)
    entry->object = other->object;
  else if (old != NULL && entry_is_same(old, entry))
    entry->object = old->object;
  else
    return false;
  return true;
}

static bool fill_file(Walk *walk, int dir, const char *name, Entry *entry, const Entry *old) {
  if (entry->size > 0 && !is_known(walk, entry, old) && !copy_file(walk, dir, name, entry))
    return false;
  if (entry->links > 1)
    g_hash_table_insert(walk->linked, &entry->inode, entry);
  return true;
}

static void fill_link(int dir, const char *name, Entry *entry) {
  char target[4096];
  ssize_t size = readlinkat(dir, name, target, sizeof target - 1);
  entry->target = g_strndup(target, (size_t)MAX(size, 0));
}

static bool walk_folder(Walk *walk, int dir, const char *path, unsigned depth);

static bool enter(Walk *walk, int dir, const char *name, const char *path, unsigned depth) {
  int inner = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  return inner < 0 || walk_folder(walk, inner, path, depth + 1);
}

static bool add_entry(Walk *walk, int dir, const char *name, const char *path, unsigned depth) {
  struct stat found;
  if (fstatat(dir, name, &found, AT_SYMLINK_NOFOLLOW) != 0)
    return true; /* it has gone meanwhile */
  if (S_ISSOCK(found.st_mode))
    return true; /* nobody listens on a socket that was put back */
  if (walk->picture->entries->len >= SNAPSHOT_ENTRIES_MAX)
    return error_set(walk->error, DROVER_ERROR_REFUSED, "more than %d files are not recorded", SNAPSHOT_ENTRIES_MAX);
  Entry *entry = entry_new(path, &found);
  const Entry *old = walk->snapshots->last != NULL ? picture_find(walk->snapshots->last, path) : NULL;
  bool same = old != NULL && entry_is_same(old, entry);
  g_autofree char *place = g_strdup_printf("/proc/self/fd/%d/%s", dir, name);
  entry->attributes = same && old->attributes == NULL ? NULL : picture_attributes(place);
  walk->changed = walk->changed || !same;
  picture_add(walk->picture, entry);
  if (S_ISREG(entry->mode))
    return fill_file(walk, dir, name, entry, old);
  if (S_ISLNK(entry->mode))
    fill_link(dir, name, entry);
  return !S_ISDIR(entry->mode) || enter(walk, dir, name, path, depth);
}

/* Closes `dir`. */
static bool walk_folder(Walk *walk, int dir, const char *path, unsigned depth) {
  DIR *listing = fdopendir(dir);
  if (listing == NULL) {
    close(dir);
    return error_set_errno(walk->error, errno, "%s/%s", walk->snapshots->folder, path);
  }
  bool good =
    depth <= SNAPSHOT_DEPTH_MAX || error_set(walk->error, DROVER_ERROR_REFUSED, "folders more than %d deep are not recorded", SNAPSHOT_DEPTH_MAX);
  const struct dirent *found;
  while (good && (found = readdir(listing)) != NULL) {
    if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0)
      continue;
    g_autofree char *inner = *path == '\0' ? g_strdup(found->d_name) : g_strdup_printf("%s/%s", path, found->d_name);
    good = add_entry(walk, dir, found->d_name, inner, depth);
  }
  closedir(listing);
  return good;
}

static bool name_is_good(const char *name, GError **error) {
  bool good = *name != '\0' && strlen(name) <= NAME_MAX_BYTES;
  for (const char *at = name; good && *at != '\0'; at++)
    good = g_ascii_isalnum(*at) || *at == '-' || *at == '_';
  return good || error_set(error, DROVER_ERROR_INTERNAL, "a picture cannot be called \"%s\"", name);
}

/* A picture like the last one is another name of its list. */
static bool write_list(Snapshots *snapshots, const Walk *walk, const char *name) {
  g_autofree char *list = list_of(snapshots, name);
  bool same = !walk->changed && snapshots->last != NULL && walk->picture->entries->len == snapshots->last->entries->len;
  if (same) {
    g_autofree char *last = list_of(snapshots, snapshots->last_name);
    if (strcmp(name, snapshots->last_name) == 0 || link(last, list) == 0)
      return true;
  }
  return picture_write(walk->picture, list, walk->error);
}

static bool set_last(Snapshots *snapshots, const char *name, GError **error) {
  g_autofree char *file = g_build_filename(snapshots->dir, "last", NULL), *next = g_strconcat(file, ".next", NULL);
  int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool good = fd >= 0 && write(fd, name, strlen(name)) == (ssize_t)strlen(name) && rename(next, file) == 0;
  if (!good)
    error_set_errno(error, errno, "%s", file);
  if (fd >= 0)
    close(fd);
  return good;
}

static void drop_objects(Snapshots *snapshots, uint64_t first) {
  for (uint64_t object = first; object <= snapshots->objects; object++) {
    g_autofree char *path = snapshot_object(snapshots->dir, object);
    struct stat found;
    if (lstat(path, &found) == 0 && unlink(path) == 0)
      snapshots->bytes -= found.st_size;
  }
}

bool snapshot_take(Snapshots *snapshots, const char *name, GError **error) {
  if (!name_is_good(name, error))
    return false;
  int dir = open(snapshots->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir < 0)
    return error_set_errno(error, errno, "%s", snapshots->folder);
  g_autoptr(Picture) picture = picture_new();
  g_autoptr(GHashTable) linked = g_hash_table_new(g_int64_hash, g_int64_equal);
  Walk walk = {.snapshots = snapshots, .picture = picture, .linked = linked, .first = snapshots->objects + 1, .error = error};
  if (!walk_folder(&walk, dir, "", 1) || !write_list(snapshots, &walk, name) || !set_last(snapshots, name, error)) {
    drop_objects(snapshots, walk.first);
    return false;
  }
  g_clear_pointer(&snapshots->last, picture_free);
  snapshots->last = g_steal_pointer(&picture);
  g_free(snapshots->last_name);
  snapshots->last_name = g_strdup(name);
  return true;
}

/* ---- putting back ---- */

bool snapshot_restore(Snapshots *snapshots, const char *name, GError **error) {
  g_autofree char *list = list_of(snapshots, name);
  if (!name_is_good(name, error))
    return false;
  g_autoptr(Picture) picture = picture_read(list, error);
  if (picture == NULL || !picture_restore(picture, snapshots->dir, snapshots->folder, error) || !picture_write(picture, list, error) ||
      !set_last(snapshots, name, error))
    return false;
  g_clear_pointer(&snapshots->last, picture_free);
  snapshots->last = g_steal_pointer(&picture);
  g_free(snapshots->last_name);
  snapshots->last_name = g_strdup(name);
  return true;
}
