#include "runner/schedule/concurrency_member.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FILE_MAX_BYTES 4096

void concurrency_member_free(ConcurrencyMember *member) {
  g_free(member->path), g_free(member->who), g_free(member->newcomer);
  g_free(member);
}

/* ---- one file: a line each for its state, who it is, and who wants its place ---- */

ConcurrencyMember *concurrency_member_read(int fd) {
  char text[FILE_MAX_BYTES];
  ssize_t size = pread(fd, text, sizeof text - 1, 0);
  text[MAX(size, 0)] = '\0';
  g_auto(GStrv) lines = g_strsplit(text, "\n", 4);
  bool whole = g_strv_length(lines) == 4;
  ConcurrencyMember *member = g_new0(ConcurrencyMember, 1);
  member->holding = whole && strcmp(lines[0], "holding") == 0;
  member->who = g_strdup(whole ? lines[1] : "");
  member->newcomer = g_strdup(whole ? lines[2] : "");
  return member;
}

bool concurrency_member_write(const ConcurrencyMember *member, int fd, GError **error) {
  g_autofree char *text = g_strdup_printf("%s\n%s\n%s\n", member->holding ? "holding" : "waiting", member->who, member->newcomer);
  size_t size = strlen(text);
  bool written = pwrite(fd, text, size, 0) == (ssize_t)size && ftruncate(fd, (off_t)size) == 0;
  return written || error_set_errno(error, errno, "%s: cannot be written", member->path);
}

/* A member that cannot be told goes on as before. */
static void rewrite(const ConcurrencyMember *member) {
  int fd = open(member->path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return;
  (void)!concurrency_member_write(member, fd, NULL);
  close(fd);
}

/* ---- all of a group ---- */

/* NULL, and its file is gone, when its process is. */
static ConcurrencyMember *look_at(const char *path) {
  int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return NULL;
  ConcurrencyMember *member = NULL;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0)
    unlink(path);
  else
    member = concurrency_member_read(fd);
  close(fd);
  return member;
}

static int by_number(gconstpointer left, gconstpointer right) {
  const ConcurrencyMember *const *one = left, *const *other = right;
  return ((*one)->number > (*other)->number) - ((*one)->number < (*other)->number);
}

GPtrArray *concurrency_members(const char *folder) {
  GPtrArray *members = g_ptr_array_new_with_free_func((GDestroyNotify)concurrency_member_free);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    ConcurrencyMember *member = look_at(path);
    if (member == NULL)
      continue;
    member->number = strtoull(name, NULL, 10);
    member->path = g_steal_pointer(&path);
    g_ptr_array_add(members, member);
  }
  g_ptr_array_sort(members, by_number);
  return members;
}

void concurrency_members_settle(const GPtrArray *members) {
  ConcurrencyMember *first = NULL;
  for (guint i = 0; i < members->len; i++) {
    ConcurrencyMember *member = g_ptr_array_index(members, i);
    if (member->holding)
      return;
    if (first == NULL && *member->newcomer == '\0')
      first = member;
  }
  if (first == NULL)
    return;
  first->holding = true;
  rewrite(first);
}

void concurrency_members_oust(const GPtrArray *members, const char *who, bool waiting, bool holder) {
  for (guint i = 0; i < members->len; i++) {
    ConcurrencyMember *member = g_ptr_array_index(members, i);
    if (*member->newcomer != '\0' || !(member->holding ? holder : waiting))
      continue;
    g_free(member->newcomer);
    member->newcomer = g_strdup(who);
    rewrite(member);
  }
}
