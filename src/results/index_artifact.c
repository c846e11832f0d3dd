/* The rows of artifacts. */
#include "results/index_internal.h"
#include "store/rows.h"

static const Column columns[] = {
  {"id", COLUMN_INTEGER, offsetof(Artifact, id)},
  {"repository", COLUMN_TEXT, offsetof(Artifact, repository)},
  {"run", COLUMN_TEXT, offsetof(Artifact, run)},
  {"job", COLUMN_TEXT, offsetof(Artifact, job)},
  {"name", COLUMN_TEXT, offsetof(Artifact, name)},
  {"type", COLUMN_TEXT, offsetof(Artifact, type)},
  {"digest", COLUMN_TEXT, offsetof(Artifact, digest)},
  {"size_bytes", COLUMN_INTEGER, offsetof(Artifact, size_bytes)},
  {"created_us", COLUMN_INTEGER, offsetof(Artifact, created_us)},
  {"expires_us", COLUMN_INTEGER, offsetof(Artifact, expires_us)},
};
static const RowType artifacts = {"artifacts", "artifact", sizeof(Artifact), columns, G_N_ELEMENTS(columns), (GDestroyNotify)artifact_free};

void artifact_free(Artifact *artifact) {
  row_free(&artifacts, artifact);
}

Artifact *artifact_find(Index *index, const char *run, const char *name, int64_t now_us, GError **error) {
  return row_find_locked(&index->store, &artifacts, "WHERE run = ? AND name = ? AND expires_us > ?", VALUES(TEXT(run), TEXT(name), INTEGER(now_us)),
                         error);
}

GPtrArray *artifact_list(Index *index, const char *run, const char *name, int64_t id, int64_t now_us, GError **error) {
  return rows_select_locked(&index->store, &artifacts,
                            "WHERE expires_us > ?1 AND (?2 IS NULL OR run = ?2) AND (?3 IS NULL OR name = ?3) AND (?4 = 0 OR id = ?4) "
                            "ORDER BY id DESC",
                            VALUES(INTEGER(now_us), TEXT(run), TEXT(name), INTEGER(id)), error);
}

bool artifact_delete(Index *index, const char *run, const char *name, guint *count, GError **error) {
  return index_delete(index, "DELETE FROM artifacts WHERE run = ? AND name = ? RETURNING digest", VALUES(TEXT(run), TEXT(name)), count, error);
}

bool artifact_evict(Index *index, int64_t now_us, GError **error) {
  return index_delete(index, "DELETE FROM artifacts WHERE expires_us <= ? RETURNING digest", VALUES(INTEGER(now_us)), NULL, error);
}
