#include "git/mirrored.h"

#include "base/error.h"
#include "git/borrowed.h"
#include "git/git.h"

#include <string.h>

#define REFS_MAX_BYTES ((size_t)64 << 20)
#define LAY_OUT_DEADLINE_MS (10 * 60 * 1000)

struct Mirrored {
  char *name;
  char *git_dir;
  RefIndex *refs;     /* NULL until it is asked for */
  GHashTable *peeled; /* object -> commit, "" where there is none */
  GHashTable *leads;  /* commit -> whether a ref leads to it */
};

Mirrored *mirrored_new(const char *name, const char *git_dir) {
  Mirrored *mirrored = g_new0(Mirrored, 1);
  mirrored->name = g_strdup(name);
  mirrored->git_dir = g_strdup(git_dir);
  mirrored->peeled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  mirrored->leads = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return mirrored;
}

void mirrored_free(Mirrored *mirrored) {
  g_clear_pointer(&mirrored->refs, ref_index_free);
  g_hash_table_unref(mirrored->peeled);
  g_hash_table_unref(mirrored->leads);
  g_free(mirrored->git_dir);
  g_free(mirrored->name);
  g_free(mirrored);
}

const char *mirrored_git_dir(const Mirrored *mirrored) {
  return mirrored->git_dir;
}

static bool run(const Mirrored *mirrored, const char *const *arguments, ProcessSpec spec, ProcessResult *result, GError **error) {
  g_autofree char *git_dir = g_strconcat("--git-dir=", mirrored->git_dir, NULL);
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_ptr_array_add(argv, git_dir);
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add(argv, (gpointer)*arguments);
  g_ptr_array_add(argv, NULL);
  g_auto(GStrv) env = git_environment();
  env = g_environ_setenv(env, "GIT_ALLOW_PROTOCOL", "none", TRUE);
  env = g_environ_setenv(env, "GIT_NO_LAZY_FETCH", "1", TRUE);
  spec.env = (const char *const *)env;
  return git_run(mirrored->git_dir, (const char *const *)argv->pdata, spec, result, error);
}

static bool explain(const Mirrored *mirrored, const ProcessResult *result, GError **error) {
  g_autofree char *words = g_utf8_make_valid(result->err, -1);
  return error_set(error, DROVER_ERROR_FAILED, "%s: git cannot read its mirror: %s", mirrored->name,
                   result->truncated ? "its output is too large" : g_strstrip(words));
}

bool mirrored_is_commit(const char *text) {
  size_t digits = strspn(text, "0123456789abcdefABCDEF");
  return text[digits] == '\0' && (digits == 40 || digits == 64);
}

const RefIndex *mirrored_refs(Mirrored *mirrored, GError **error) {
  if (mirrored->refs != NULL)
    return mirrored->refs;
  g_auto(ProcessResult) result = {0};
  ProcessSpec spec = {.output_max_bytes = REFS_MAX_BYTES};
  if (!run(mirrored, (const char *const[]){"show-ref", "--dereference", NULL}, spec, &result, error))
    return NULL;
  /* a repository without any ref ends with 1 and says nothing */
  if (result.truncated || result.exit_status > 1) {
    explain(mirrored, &result, error);
    return NULL;
  }
  return mirrored->refs = ref_index_parse(result.out);
}

const char *mirrored_peel(Mirrored *mirrored, const char *object, GError **error) {
  g_autofree char *name = g_ascii_strdown(object, -1);
  const char *known = g_hash_table_lookup(mirrored->peeled, name);
  if (known != NULL)
    return known;
  g_autofree char *expression = g_strconcat(name, "^{commit}", NULL);
  const char *const arguments[] = {"rev-parse", "--verify", "--quiet", "--end-of-options", expression, NULL};
  g_auto(ProcessResult) result = {0};
  if (!run(mirrored, arguments, (ProcessSpec){0}, &result, error))
    return NULL;
  g_strchomp(result.out);
  char *commit = g_strdup(result.exit_status == 0 && mirrored_is_commit(result.out) ? result.out : "");
  g_hash_table_insert(mirrored->peeled, g_steal_pointer(&name), commit);
  return commit;
}

/* Walks the history. */
static bool ask_contains(Mirrored *mirrored, const char *commit, bool *contained, GError **error) {
  g_autofree char *option = g_strconcat("--contains=", commit, NULL);
  const char *const arguments[] = {"for-each-ref", "--count=1", "--format=%(refname)", option,
                                   "refs/heads",   "refs/tags", "refs/remotes/origin", NULL};
  g_auto(ProcessResult) result = {0};
  if (!run(mirrored, arguments, (ProcessSpec){0}, &result, error))
    return false;
  if (result.exit_status != 0)
    return explain(mirrored, &result, error);
  *contained = result.out_size > 0;
  g_hash_table_insert(mirrored->leads, g_strdup(commit), GINT_TO_POINTER(*contained));
  return true;
}

bool mirrored_contains(Mirrored *mirrored, const char *commit, bool *contained, GError **error) {
  const RefIndex *refs = mirrored_refs(mirrored, error);
  if (refs == NULL)
    return false;
  gpointer leads = NULL;
  bool known = g_hash_table_lookup_extended(mirrored->leads, commit, NULL, &leads);
  if (!known && !ref_index_is_tip(refs, commit))
    return ask_contains(mirrored, commit, contained, error);
  *contained = !known || leads != NULL;
  return true;
}

/* What cat-file says: "<object> blob <size>\n<bytes>\n", or a line of another form where there is no such file. */
static char *take_blob(const Mirrored *mirrored, const char *path, const ProcessResult *result, size_t *size, GError **error) {
  guint64 length = 0;
  const char *end = memchr(result->out, '\n', result->out_size);
  g_autofree char *line = end != NULL ? g_strndup(result->out, (gsize)(end - result->out)) : g_strdup("");
  g_auto(GStrv) words = g_strsplit(line, " ", -1);
  if (g_strv_length(words) != 3 || !mirrored_is_commit(words[0]) || strcmp(words[1], "blob") != 0 ||
      !g_ascii_string_to_unsigned(words[2], 10, 0, G_MAXINT64, &length, NULL))
    return NULL;
  size_t start = strlen(line) + 1;
  if (length > MIRRORED_FILE_MAX_BYTES || start + length > result->out_size) {
    error_set(error, DROVER_ERROR_INPUT, "%s: its file \"%.200s\" is larger than %zu bytes", mirrored->name, path, MIRRORED_FILE_MAX_BYTES);
    return NULL;
  }
  char *bytes = g_malloc(length + 1);
  memcpy(bytes, result->out + start, length);
  bytes[length] = '\0';
  if (size != NULL)
    *size = length;
  return bytes;
}

char *mirrored_read(Mirrored *mirrored, const char *commit, const char *path, size_t *size, GError **error) {
  g_autofree char *name = g_strdup_printf("%s:%s\n", commit, path);
  ProcessSpec spec = {.input = name, .input_size = strlen(name), .output_max_bytes = MIRRORED_FILE_MAX_BYTES + 512};
  g_auto(ProcessResult) result = {0};
  if (!run(mirrored, (const char *const[]){"cat-file", "--batch", "--follow-symlinks", NULL}, spec, &result, error))
    return NULL;
  if (result.exit_status == 0)
    return take_blob(mirrored, path, &result, size, error);
  explain(mirrored, &result, error);
  return NULL;
}

bool mirrored_lay_out(const Mirrored *mirrored, const char *commit, const char *target, GCancellable *cancellable, GError **error) {
  const char *const where[] = {"rev-parse", "--path-format=absolute", "--git-path", "objects", NULL};
  const char *const write[] = {"read-tree", "--reset", "-u", commit, NULL};
  g_auto(ProcessResult) found = {0}, written = {0};
  if (!run(mirrored, where, (ProcessSpec){0}, &found, error))
    return false;
  if (found.exit_status != 0)
    return explain(mirrored, &found, error);
  g_auto(BorrowedRepository) borrowed = {0};
  g_autofree char *absolute = g_canonicalize_filename(target, NULL);
  if (!borrowed_repository_open(g_strchomp(found.out), absolute, &borrowed, error))
    return false;
  ProcessSpec spec = {.env = (const char *const *)borrowed.env, .deadline_ms = LAY_OUT_DEADLINE_MS, .cancellable = cancellable};
  return git_run(absolute, write, spec, &written, error) && (written.exit_status == 0 || explain(mirrored, &written, error));
}
