/* A push that dies, or is refused by the disk, at its n-th call of the kernel, for every n: the store then holds nothing
 * half done, and the same push done again ends in the same state. The calls are wrapped by the linker (meson.build). */
#include "fixture.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DIES = 77, CALLS_MAX = 400 };

static int calls_left = -1; /* negative: nothing happens */
static bool dies;

/* Whether this call is the one that fails; does not return when it is the one to die at. */
static bool strikes(void) {
  if (calls_left < 0 || calls_left-- > 0)
    return false;
  if (dies)
    _exit(DIES);
  errno = ENOSPC;
  return true;
}

int __real_fsync(int fd);
int __real_link(const char *from, const char *to);
int __real_mkdir(const char *path, mode_t mode);
int __real_rename(const char *from, const char *to);
ssize_t __real_write(int fd, const void *bytes, size_t size);
int __wrap_fsync(int fd);
int __wrap_link(const char *from, const char *to);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_rename(const char *from, const char *to);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);

int __wrap_fsync(int fd) {
  return strikes() ? -1 : __real_fsync(fd);
}

int __wrap_link(const char *from, const char *to) {
  return strikes() ? -1 : __real_link(from, to);
}

int __wrap_mkdir(const char *path, mode_t mode) {
  return strikes() ? -1 : __real_mkdir(path, mode);
}

int __wrap_rename(const char *from, const char *to) {
  return strikes() ? -1 : __real_rename(from, to);
}

/* Half of it still goes out. */
ssize_t __wrap_write(int fd, const void *bytes, size_t size) {
  if (calls_left == 0 && size > 1)
    (void)!__real_write(fd, bytes, size / 2);
  return strikes() ? -1 : __real_write(fd, bytes, size);
}

static const char config[] = "{\"architecture\": \"amd64\"}";

/* The whole of a push: blob, manifest, tag. */
static bool push(Registry *registry, GError **error) {
  Digest digest;
  return push_image(registry, "shop/backend", config, &digest, error) && registry_add_tag(registry, "shop/backend", "v1", digest.text, error);
}

/* What a tag promises: a manifest that is held, with all that it names. */
static void check_tag(const Registry *registry, const char *tag) {
  g_autoptr(GError) error = NULL;
  g_autofree char *digest = tag_read(registry, "shop/backend", tag, &error);
  if (digest == NULL) {
    g_assert_true(error_is(error, DROVER_ERROR_NOT_FOUND));
    return;
  }
  int64_t size = 0;
  g_autofree char *media_type = NULL;
  int fd = manifest_open(registry, "shop/backend", digest, &size, &media_type, &error);
  g_assert_no_error(error);
  g_assert_cmpint(size, >, 0);
  close(fd);
  g_assert_cmpint(blob_size(registry, "shop/backend", digest_bytes(config, strlen(config)).text), ==, (int64_t)strlen(config));
}

static void check_end(const char *dir) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Registry) registry = registry_open(dir, &error);
  g_assert_no_error(error);
  check_blobs(dir);
  check_tag(registry, "v1");
  g_assert_true(push(registry, &error));
  g_assert_no_error(error);
  g_assert_cmpuint(check_blobs(dir), ==, 2);
  g_autofree char *manifest = image_text(config);
  g_autofree char *digest = registry_resolve_tag(registry, "shop/backend", "v1", &error);
  g_assert_cmpstr(digest, ==, digest_bytes(manifest, strlen(manifest)).text);
}

/* Returns whether the child got to its end before the call was reached. */
static bool die_at(const char *dir, int call) {
  pid_t child = fork();
  if (child == 0) {
    g_autoptr(Registry) registry = registry_open(dir, NULL);
    dies = true;
    calls_left = call;
    _exit(push(registry, NULL) ? 0 : 1);
  }
  int status = 0;
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_true(WIFEXITED(status));
  g_assert_true(WEXITSTATUS(status) == DIES || WEXITSTATUS(status) == 0);
  return WEXITSTATUS(status) == 0;
}

static void test_dies(void) {
  int call = 0;
  for (bool done = false; !done; call++) {
    g_auto(Fixture) fixture = fixture_new();
    done = die_at(fixture.dir, call);
    check_end(fixture.dir);
  }
  g_test_message("%d calls", call - 1);
  g_assert_cmpint(call, >, 20);
  g_assert_cmpint(call, <, CALLS_MAX);
}

static void test_disk_is_full(void) {
  int call = 0;
  for (bool done = false; !done; call++) {
    g_auto(Fixture) fixture = fixture_new();
    g_autoptr(GError) error = NULL;
    dies = false;
    calls_left = call;
    done = push(fixture.registry, &error);
    calls_left = -1;
    g_assert_true(done || error_is(error, DROVER_ERROR_NO_SPACE));
    g_assert_cmpuint(count_entries(fixture.dir, "uploads"), ==, 0);
    check_end(fixture.dir);
  }
  g_assert_cmpint(call, >, 20);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/registry/crash/dies-at-every-call", test_dies);
  g_test_add_func("/registry/crash/disk-is-full-at-every-call", test_disk_is_full);
  return g_test_run();
}
