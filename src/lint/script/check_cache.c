#include "lint/script/check_internal.h"

#include "base/fs.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#define ENTRY_MAX_BYTES ((size_t)4 << 20)

static char *entry_path(const char *folder, const CheckScript *script) {
  g_autofree char *name = g_strconcat(digest_hex(script->key.text), ".json", NULL);
  return g_build_filename(folder, name, NULL);
}

static ScriptFinding *finding_read(json_t *item, guint source) {
  const char *level, *message;
  int line, column, end_line, end_column, code;
  if (json_unpack(item, "[i,i,i,i,s,i,s!]", &line, &column, &end_line, &end_column, &level, &code, &message) < 0)
    return NULL;
  if (line < 1 || column < 1 || end_line < line || end_column < 1 || check_level(level) == NULL)
    return NULL;
  ScriptFinding *finding = g_new(ScriptFinding, 1);
  *finding =
    (ScriptFinding){source, (unsigned)line, (unsigned)column, (unsigned)end_line, (unsigned)end_column, check_level(level), code, g_strdup(message)};
  return finding;
}

bool check_cache_load(const char *folder, const CheckScript *script, GPtrArray *findings) {
  g_autofree char *path = entry_path(folder, script);
  size_t size;
  g_autofree char *bytes = fs_read(path, ENTRY_MAX_BYTES, &size, NULL);
  json_auto_t *root = bytes != NULL ? json_loadb(bytes, size, 0, NULL) : NULL;
  json_t *items = json_object_get(root, "findings"), *item;
  if (!json_is_array(items))
    return false;
  guint before = findings->len;
  size_t i;
  json_array_foreach (items, i, item) {
    ScriptFinding *finding = finding_read(item, script->source);
    if (finding == NULL) {
      g_ptr_array_set_size(findings, (int)before);
      return false;
    }
    g_ptr_array_add(findings, finding);
  }
  return true;
}

void check_cache_store(const char *folder, const CheckScript *script, const GPtrArray *findings) {
  g_autofree char *path = entry_path(folder, script);
  json_t *items = json_array();
  for (guint i = 0; i < findings->len; i++) {
    const ScriptFinding *finding = g_ptr_array_index(findings, i);
    if (finding->source == script->source)
      json_array_append_new(items, json_pack("[i,i,i,i,s,i,s]", (int)finding->line, (int)finding->column, (int)finding->end_line,
                                             (int)finding->end_column, finding->level, finding->code, finding->message));
  }
  json_auto_t *root = json_pack("{s:o}", "findings", items);
  char *text = json_dumps(root, JSON_COMPACT);
  /* Neither renamed into place nor flushed to the disk, which takes longer than the check: half an entry is none, and is made again. */
  if (text != NULL && fs_make_dirs(folder, 0700, NULL) && (unlink(path) == 0 || errno == ENOENT))
    g_file_set_contents_full(path, text, (gssize)strlen(text), G_FILE_SET_CONTENTS_NONE, 0600, NULL);
  free(text);
}
