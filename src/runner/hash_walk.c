#include "runner/hash_walk.h"

#include "base/error.h"
#include "runner/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct {
  char *path; /* relative to the root; "" is the root */
  guint level;
} Item;

typedef struct {
  dev_t device;
  ino_t inode;
} FolderId;

typedef struct {
  const HashWalk *walk;
  int root;
  GArray *stack; /* Item */
  GArray *chain; /* FolderId: the folders above, to see a link that leads back */
} State;

bool hash_fail_late(GError **error) {
  return error_set(error, DROVER_ERROR_TIMEOUT, "hashFiles: not done after %d seconds; name fewer files", HASH_DEADLINE_MS / 1000);
}

static void clear_item(void *data) {
  g_free(((Item *)data)->path);
}

static void push(State *state, char *path, guint level) {
  Item item = {path, level};
  g_array_append_val(state->stack, item);
}

/* ---- opening ---- */

static int open_beneath(int root, const char *path, uint64_t flags) {
  const struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  return (int)syscall(SYS_openat2, root, *path != '\0' ? path : ".", &how, sizeof how);
}

/* Follows a link; one whose target is absolute may lead back into the workspace by the name that programs know it by. */
static int open_target(const State *state, const char *path, uint64_t flags) {
  char target[PATH_MAX];
  int fd = open_beneath(state->root, path, flags), code = errno;
  if (fd >= 0 || code != EXDEV)
    return fd;
  int link = open_beneath(state->root, path, O_PATH | O_NOFOLLOW);
  ssize_t length = link >= 0 ? readlinkat(link, "", target, sizeof target - 1) : -1;
  if (link >= 0)
    close(link);
  target[MAX(length, 0)] = '\0';
  size_t above = strlen(state->walk->inside);
  if (length > 0 && g_str_has_prefix(target, state->walk->inside) && target[above] == '/')
    return open_beneath(state->root, target + above + 1, flags);
  errno = EXDEV;
  return -1;
}

/* ---- one item ---- */

/* Whether the folder is not one of those above it; it becomes the last of the chain. */
static bool enter(State *state, const struct stat *facts, guint level) {
  FolderId id = {facts->st_dev, facts->st_ino};
  g_array_set_size(state->chain, MIN(state->chain->len, level - 1));
  for (guint i = 0; i < state->chain->len; i++) {
    const FolderId *above = &g_array_index(state->chain, FolderId, i);
    if (above->device == id.device && above->inode == id.inode)
      return false;
  }
  g_array_append_val(state->chain, id);
  return true;
}

static int by_text(const void *left, const void *right) {
  return strcmp(*(const char *const *)right, *(const char *const *)left);
}

/* Puts what is in the folder onto the stack, the first name last. */
static bool push_children(State *state, const Item *item, GError **error) {
  int fd = open_target(state, item->path, O_RDONLY | O_DIRECTORY);
  DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
  if (folder == NULL) {
    int code = errno;
    if (fd >= 0)
      close(fd);
    return code == ENOENT || error_set_errno(error, code, "hashFiles: %s", item->path);
  }
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      g_ptr_array_add(names, g_strdup(entry->d_name));
  closedir(folder);
  g_ptr_array_sort(names, by_text);
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    push(state, *item->path != '\0' ? g_strconcat(item->path, "/", name, NULL) : g_strdup(name), item->level + 1);
  }
  return true;
}

static bool take_file(const State *state, const char *path, GError **error) {
  int fd = open_target(state, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat facts;
  if (fd < 0 && (errno == ENOENT || errno == ELOOP))
    return error_set(error, DROVER_ERROR_INPUT, "hashFiles: %s is a link to nothing", path);
  if (fd < 0 && (errno == EXDEV || errno == ENXIO))
    return true;
  if (fd < 0)
    return error_set_errno(error, errno, "hashFiles: %s", path);
  bool regular = fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
  bool good = !regular || state->walk->on_file(fd, path, state->walk->deadline_us, state->walk->data, error);
  close(fd);
  return good;
}

/* The facts of the item, of its target where links are followed; not `there`: it is gone, or lies outside. */
static bool look(const State *state, const char *path, struct stat *facts, bool *there, GError **error) {
  int fd = state->walk->follow ? open_target(state, path, O_PATH) : open_beneath(state->root, path, O_PATH | O_NOFOLLOW);
  *there = fd >= 0 && fstat(fd, facts) == 0;
  int code = errno;
  if (fd >= 0)
    close(fd);
  bool absent = code == ENOENT || code == ENOTDIR || code == EXDEV;
  return *there || absent || error_set_errno(error, code, "hashFiles: %s", path);
}

static bool visit(State *state, const Item *item, GError **error) {
  const HashWalk *walk = state->walk;
  struct stat facts;
  bool there = false;
  g_autofree char *path = g_strconcat(walk->inside, *item->path != '\0' ? "/" : "", item->path, NULL);
  unsigned match = glob_set_match(walk->set, path);
  if (match == 0 && !glob_set_reaches(walk->set, path))
    return true;
  if (!look(state, item->path, &facts, &there, error))
    return false;
  if (!there)
    return true;
  if (!S_ISDIR(facts.st_mode))
    return (match & GLOB_FILE) == 0 || take_file(state, item->path, error);
  return (walk->follow && !enter(state, &facts, item->level)) || push_children(state, item, error);
}

static bool visit_all(State *state, char *start, GError **error) {
  bool good = true;
  push(state, start, 1);
  while (good && state->stack->len > 0) {
    Item item = g_array_index(state->stack, Item, state->stack->len - 1);
    g_autofree char *path = item.path;
    g_array_index(state->stack, Item, state->stack->len - 1).path = NULL;
    g_array_set_size(state->stack, state->stack->len - 1);
    good = g_get_monotonic_time() > state->walk->deadline_us ? hash_fail_late(error) : visit(state, &item, error);
  }
  return good;
}

/* ---- where to begin ---- */

/* Whether the way from the folder `start` above the workspace to the workspace is one that the patterns go. */
static bool leads_here(const HashWalk *walk, const char *start) {
  g_autofree char *path = g_strdup(walk->inside);
  size_t least = strlen(start);
  for (char *slash; strlen(path) > least && (slash = strrchr(path, '/')) != NULL;) {
    slash[slash == path] = '\0';
    if (glob_set_match(walk->set, path) == 0 && !glob_set_reaches(walk->set, path))
      return false;
  }
  return true;
}

/* The place in the workspace where the search for a pattern that begins at `start` begins, or NULL; transfer full. */
static char *begin_at(const HashWalk *walk, const char *start) {
  size_t length = strlen(walk->inside), least = strlen(start);
  if (strncmp(start, walk->inside, length) == 0 && (start[length] == '\0' || start[length] == '/'))
    return g_strdup(start + length + (start[length] == '/'));
  bool above = strcmp(start, "/") == 0 || (strncmp(walk->inside, start, least) == 0 && walk->inside[least] == '/');
  return above && leads_here(walk, start) ? g_strdup("") : NULL;
}

bool hash_walk(const HashWalk *walk, GError **error) {
  State state = {.walk = walk, .root = open(walk->root, O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (state.root < 0)
    return error_set_errno(error, errno, "hashFiles: %s", walk->root);
  state.stack = g_array_new(FALSE, FALSE, sizeof(Item));
  g_array_set_clear_func(state.stack, clear_item);
  state.chain = g_array_new(FALSE, FALSE, sizeof(FolderId));
  g_auto(GStrv) starts = glob_set_starts(walk->set);
  bool good = true;
  for (char **start = starts; *start != NULL && good; start++) {
    char *begin = begin_at(walk, *start);
    good = begin == NULL || visit_all(&state, begin, error);
  }
  g_array_unref(state.stack);
  g_array_unref(state.chain);
  close(state.root);
  return good;
}
