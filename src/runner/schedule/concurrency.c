#include "runner/schedule/concurrency.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/fs.h"
#include "base/text.h"
#include "runner/schedule/concurrency_member.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOOK_US (50 * 1000)
#define WHO_MAX_BYTES 1000

struct ConcurrencyGroups {
  char *dir;
  char *lock_path;
  GMutex lock; /* over all below, and the slots */
  GCond changed;
  GPtrArray *slots; /* borrowed */
  GThread *watcher; /* from the first slot on */
  bool ending;
};

struct ConcurrencySlot {
  ConcurrencyGroups *groups;
  char *folder;
  char *path;
  int fd; /* locked */
  bool held;
  char *newcomer;
  ConcurrencyFunc on_change;
  void *user;
};

ConcurrencyGroups *concurrency_open(const char *dir, GError **error) {
  if (!fs_make_dirs(dir, 0755, error))
    return NULL;
  ConcurrencyGroups *groups = g_new0(ConcurrencyGroups, 1);
  groups->dir = g_strdup(dir);
  groups->lock_path = g_build_filename(dir, "lock", NULL);
  groups->slots = g_ptr_array_new();
  g_mutex_init(&groups->lock);
  g_cond_init(&groups->changed);
  return groups;
}

void concurrency_free(ConcurrencyGroups *groups) {
  g_mutex_lock(&groups->lock);
  groups->ending = true;
  g_cond_signal(&groups->changed);
  g_mutex_unlock(&groups->lock);
  g_clear_pointer(&groups->watcher, g_thread_join);
  g_mutex_clear(&groups->lock);
  g_cond_clear(&groups->changed);
  g_ptr_array_unref(groups->slots);
  g_free(groups->dir), g_free(groups->lock_path);
  g_free(groups);
}

/* ---- the lock between processes ---- */

/* -1 on error. It is held for moments only. */
static int lock_groups(const ConcurrencyGroups *groups, GError **error) {
  int fd = open(groups->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  int locked;
  do
    locked = fd >= 0 ? flock(fd, LOCK_EX) : -1;
  while (fd >= 0 && locked < 0 && errno == EINTR);
  if (locked == 0)
    return fd;
  error_set_errno(error, errno, "%s: cannot be locked", groups->lock_path);
  if (fd >= 0)
    close(fd);
  return -1;
}

static void unlock_groups(int fd) {
  flock(fd, LOCK_UN); /* a child that was just forked may still have the descriptor */
  close(fd);
}

/* ---- the watcher ---- */

/* What others wrote into the slot's file. */
static void read_own(ConcurrencySlot *slot) {
  g_autoptr(ConcurrencyMember) own = concurrency_member_read(slot->fd);
  bool held = own->holding, ousted = *own->newcomer != '\0';
  if ((slot->held || !held) && (slot->newcomer != NULL || !ousted))
    return;
  slot->held = slot->held || held;
  if (slot->newcomer == NULL && ousted)
    slot->newcomer = g_steal_pointer(&own->newcomer);
  slot->on_change(slot->user);
}

/* Its predecessor may have died. */
static void look_at_group(const ConcurrencySlot *slot) {
  int lock = lock_groups(slot->groups, NULL);
  if (lock < 0)
    return;
  g_autoptr(GPtrArray) members = concurrency_members(slot->folder);
  concurrency_members_settle(members);
  unlock_groups(lock);
}

/* Members of this process that leave settle their group themselves: only the others' deaths have to be looked for. */
static void look(ConcurrencySlot *slot, bool at_group) {
  if (at_group && !slot->held && slot->newcomer == NULL)
    look_at_group(slot);
  read_own(slot);
}

static void *watch(void *data) {
  ConcurrencyGroups *groups = data;
  gint64 due_us = 0;
  g_mutex_lock(&groups->lock);
  while (!groups->ending) {
    bool due = g_get_monotonic_time() >= due_us;
    if (due)
      due_us = g_get_monotonic_time() + LOOK_US;
    for (guint i = 0; i < groups->slots->len; i++)
      look(g_ptr_array_index(groups->slots, i), due);
    if (groups->slots->len > 0)
      g_cond_wait_until(&groups->changed, &groups->lock, due_us);
    else
      g_cond_wait(&groups->changed, &groups->lock);
  }
  g_mutex_unlock(&groups->lock);
  return NULL;
}

/* ---- coming and going ---- */

static void slot_free(ConcurrencySlot *slot) {
  if (slot->fd >= 0) {
    flock(slot->fd, LOCK_UN);
    close(slot->fd);
  }
  g_free(slot->folder), g_free(slot->path), g_free(slot->newcomer);
  g_free(slot);
}

static bool has_holder(const GPtrArray *members) {
  for (guint i = 0; i < members->len; i++)
    if (((const ConcurrencyMember *)g_ptr_array_index(members, i))->holding)
      return true;
  return false;
}

static guint count_waiting(const GPtrArray *members) {
  guint waiting = 0;
  for (guint i = 0; i < members->len; i++) {
    const ConcurrencyMember *member = g_ptr_array_index(members, i);
    waiting += !member->holding && *member->newcomer == '\0';
  }
  return waiting;
}

/* Groups are compared without regard to case. */
static char *folder_of(const ConcurrencyGroups *groups, const char *group) {
  g_autofree char *valid = g_utf8_make_valid(group, -1), *folded = g_utf8_casefold(valid, -1);
  Digest digest = digest_bytes(folded, strlen(folded));
  return g_build_filename(groups->dir, digest_hex(digest.text), NULL);
}

/* One line, of a length that a file takes. */
static char *who_of(const char *member) {
  char *who = text_harmless(*member != '\0' ? member : "another", false);
  if (strlen(who) > WHO_MAX_BYTES)
    *g_utf8_find_prev_char(who, who + WHO_MAX_BYTES) = '\0';
  return who;
}

static bool make_file(ConcurrencySlot *slot, const ConcurrencyMember *own, GError **error) {
  slot->path = g_strdup(own->path);
  slot->fd = open(own->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (slot->fd < 0 || flock(slot->fd, LOCK_EX | LOCK_NB) < 0)
    return error_set_errno(error, errno, "%s: cannot be made", own->path);
  return concurrency_member_write(own, slot->fd, error);
}

/* Called with the lock between processes. */
static bool take_place(ConcurrencySlot *slot, const ConcurrencyRequest *request, GError **error) {
  if (!fs_make_dirs(slot->folder, 0755, error))
    return false;
  g_autoptr(GPtrArray) members = concurrency_members(slot->folder);
  concurrency_members_settle(members);
  if (request->queue_max && count_waiting(members) >= CONCURRENCY_WAITING_MAX)
    return error_set(error, DROVER_ERROR_CANCELLED, "%d wait for the concurrency group \"%s\" already", CONCURRENCY_WAITING_MAX, request->group);
  const ConcurrencyMember *last = members->len > 0 ? g_ptr_array_index(members, members->len - 1) : NULL;
  g_autoptr(ConcurrencyMember) own = g_new0(ConcurrencyMember, 1);
  own->number = last != NULL ? last->number + 1 : 1;
  own->path = g_strdup_printf("%s/%" G_GUINT64_FORMAT, slot->folder, own->number);
  own->who = who_of(request->member);
  own->newcomer = g_strdup("");
  own->holding = !has_holder(members);
  if (!make_file(slot, own, error))
    return false;
  slot->held = own->holding;
  concurrency_members_oust(members, own->who, !request->queue_max, request->cancel_in_progress);
  return true;
}

ConcurrencySlot *concurrency_join(ConcurrencyGroups *groups, const ConcurrencyRequest *request, GError **error) {
  ConcurrencySlot *slot = g_new0(ConcurrencySlot, 1);
  slot->groups = groups;
  slot->folder = folder_of(groups, request->group);
  slot->fd = -1;
  slot->on_change = request->on_change;
  slot->user = request->user;
  int lock = lock_groups(groups, error);
  bool placed = lock >= 0 && take_place(slot, request, error);
  if (lock >= 0)
    unlock_groups(lock);
  if (!placed) {
    slot_free(slot);
    return NULL;
  }
  g_mutex_lock(&groups->lock);
  g_ptr_array_add(groups->slots, slot);
  if (groups->watcher == NULL)
    groups->watcher = g_thread_new("drover-groups", watch, groups);
  g_cond_signal(&groups->changed);
  g_mutex_unlock(&groups->lock);
  return slot;
}

bool concurrency_is_held(ConcurrencySlot *slot) {
  g_mutex_lock(&slot->groups->lock);
  bool held = slot->held;
  g_mutex_unlock(&slot->groups->lock);
  return held;
}

const char *concurrency_newcomer(ConcurrencySlot *slot) {
  g_mutex_lock(&slot->groups->lock);
  const char *newcomer = slot->newcomer;
  g_mutex_unlock(&slot->groups->lock);
  return newcomer;
}

/* The next one learns of it from the files; an empty group leaves nothing. */
static void give_up_place(const ConcurrencySlot *slot) {
  int lock = lock_groups(slot->groups, NULL);
  unlink(slot->path);
  if (lock < 0)
    return;
  g_autoptr(GPtrArray) members = concurrency_members(slot->folder);
  concurrency_members_settle(members);
  if (members->len == 0)
    rmdir(slot->folder);
  unlock_groups(lock);
}

void concurrency_leave(ConcurrencySlot *slot) {
  if (slot == NULL)
    return;
  ConcurrencyGroups *groups = slot->groups;
  g_mutex_lock(&groups->lock);
  g_ptr_array_remove(groups->slots, slot);
  give_up_place(slot);
  g_cond_signal(&groups->changed);
  g_mutex_unlock(&groups->lock);
  slot_free(slot);
}
