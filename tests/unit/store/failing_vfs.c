#include "failing_vfs.h"

#include <glib.h>
#include <sqlite3.h>

typedef struct {
  sqlite3_file base;
  sqlite3_file real[]; /* the real VFS's, of its own size */
} File;

static FailingVfs state;
static sqlite3_vfs *real_vfs;

#define REAL(file) (((File *)(file))->real)
#define METHODS(file) (REAL(file)->pMethods)

static int count_write(void) {
  state.writes++;
  bool fails = state.fail_at != 0 && (state.writes == state.fail_at || (state.for_good && state.writes > state.fail_at));
  return fails ? state.code : SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at) {
  int code = count_write();
  return code != SQLITE_OK ? code : METHODS(file)->xWrite(REAL(file), bytes, size, at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
  int code = count_write();
  return code != SQLITE_OK ? code : METHODS(file)->xTruncate(REAL(file), size);
}

static int file_sync(sqlite3_file *file, int flags) {
  int code = count_write();
  return code != SQLITE_OK ? code : METHODS(file)->xSync(REAL(file), flags);
}

static int file_close(sqlite3_file *file) {
  return METHODS(file)->xClose(REAL(file));
}

static int file_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at) {
  return METHODS(file)->xRead(REAL(file), bytes, size, at);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
  return METHODS(file)->xFileSize(REAL(file), size);
}

static int file_lock(sqlite3_file *file, int level) {
  return METHODS(file)->xLock(REAL(file), level);
}

static int file_unlock(sqlite3_file *file, int level) {
  return METHODS(file)->xUnlock(REAL(file), level);
}

static int file_check_lock(sqlite3_file *file, int *held) {
  return METHODS(file)->xCheckReservedLock(REAL(file), held);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
  return METHODS(file)->xFileControl(REAL(file), operation, argument);
}

static int file_sector(sqlite3_file *file) {
  return METHODS(file)->xSectorSize(REAL(file));
}

static int file_characteristics(sqlite3_file *file) {
  return METHODS(file)->xDeviceCharacteristics(REAL(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **memory) {
  return METHODS(file)->xShmMap(REAL(file), page, size, extend, memory);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
  return METHODS(file)->xShmLock(REAL(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file) {
  METHODS(file)->xShmBarrier(REAL(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove) {
  return METHODS(file)->xShmUnmap(REAL(file), remove);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2, /* no memory mapping: every write passes here */
  .xClose = file_close,
  .xRead = file_read,
  .xWrite = file_write,
  .xTruncate = file_truncate,
  .xSync = file_sync,
  .xFileSize = file_size,
  .xLock = file_lock,
  .xUnlock = file_unlock,
  .xCheckReservedLock = file_check_lock,
  .xFileControl = file_control,
  .xSectorSize = file_sector,
  .xDeviceCharacteristics = file_characteristics,
  .xShmMap = file_shm_map,
  .xShmLock = file_shm_lock,
  .xShmBarrier = file_shm_barrier,
  .xShmUnmap = file_shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_out) {
  (void)vfs;
  int code = real_vfs->xOpen(real_vfs, name, REAL(file), flags, flags_out);
  file->pMethods = METHODS(file) != NULL ? &methods : NULL;
  return code;
}

FailingVfs *failing_vfs_install(void) {
  static sqlite3_vfs vfs;
  real_vfs = sqlite3_vfs_find(NULL);
  vfs = *real_vfs;
  vfs.pNext = NULL;
  vfs.zName = "failing";
  vfs.szOsFile = (int)sizeof(File) + real_vfs->szOsFile;
  vfs.xOpen = vfs_open;
  g_assert_cmpint(sqlite3_vfs_register(&vfs, 1), ==, SQLITE_OK);
  return &state;
}

void failing_vfs_reset(unsigned fail_at, bool for_good, int code) {
  state = (FailingVfs){.fail_at = fail_at, .for_good = for_good, .code = code};
}
