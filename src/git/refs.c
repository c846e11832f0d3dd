#include "git/refs.h"

#include <string.h>

#define HEXADECIMAL "0123456789abcdef"
#define PEELED "^{}"

struct RefIndex {
  GHashTable *branches; /* name -> commit, both owned */
  GHashTable *tags;
  GHashTable *versions; /* commit -> GPtrArray of tag names, keys and names of `tags` */
  GHashTable *tagged;   /* a set of commits, values of `tags` */
  GHashTable *tips;     /* the same and those of `branches` */
};

static const struct {
  const char *prefix;
  bool is_tag;
} kinds[] = {{"refs/heads/", false}, {"refs/remotes/origin/", false}, {"refs/tags/", true}};

/* A local branch comes before the remote's of its name, which show-ref lists behind it. */
static void add_line(RefIndex *index, const char *line, size_t length) {
  size_t digits = strspn(line, HEXADECIMAL);
  if ((digits != 40 && digits != 64) || digits >= length || line[digits] != ' ')
    return;
  g_autofree char *name = g_strndup(line + digits + 1, length - digits - 1);
  for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
    if (!g_str_has_prefix(name, kinds[i].prefix))
      continue;
    char *shortened = g_strdup(name + strlen(kinds[i].prefix));
    bool peeled = g_str_has_suffix(shortened, PEELED);
    if (peeled)
      shortened[strlen(shortened) - strlen(PEELED)] = '\0';
    GHashTable *table = kinds[i].is_tag ? index->tags : index->branches;
    if (*shortened != '\0' && (peeled || !g_hash_table_contains(table, shortened)))
      g_hash_table_replace(table, shortened, g_strndup(line, digits));
    else
      g_free(shortened);
    return;
  }
}

/* The tag that says more comes first: more numbers, then the newer, then the one with a "v". */
static int compare_tags(const char *a, const char *b) {
  Semver left = {0};
  Semver right = {0};
  if (!semver_parse(a, &left) || !semver_parse(b, &right))
    return 0;
  if (left.count != right.count)
    return left.count > right.count ? -1 : 1;
  int order = semver_compare(&right, &left);
  if (order == 0)
    order = (int)right.prefixed - (int)left.prefixed;
  return order != 0 ? order : strcmp(a, b);
}

static int compare_entries(const void *a, const void *b) {
  return compare_tags(*(const char *const *)a, *(const char *const *)b);
}

static void index_versions(RefIndex *index) {
  GHashTableIter iter;
  gpointer name, commit;
  g_hash_table_iter_init(&iter, index->tags);
  while (g_hash_table_iter_next(&iter, &name, &commit)) {
    g_hash_table_add(index->tagged, commit);
    g_hash_table_add(index->tips, commit);
    if (!semver_parse(name, &(Semver){0}))
      continue;
    GPtrArray *names = g_hash_table_lookup(index->versions, commit);
    if (names == NULL)
      g_hash_table_insert(index->versions, commit, names = g_ptr_array_new());
    g_ptr_array_add(names, name);
  }
  g_hash_table_iter_init(&iter, index->versions);
  while (g_hash_table_iter_next(&iter, NULL, &name)) {
    g_ptr_array_sort(name, compare_entries);
    g_ptr_array_add(name, NULL);
  }
  g_hash_table_iter_init(&iter, index->branches);
  while (g_hash_table_iter_next(&iter, NULL, &commit))
    g_hash_table_add(index->tips, commit);
}

RefIndex *ref_index_parse(const char *text) {
  RefIndex *index = g_new0(RefIndex, 1);
  index->branches = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  index->tags = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  index->versions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  index->tagged = g_hash_table_new(g_str_hash, g_str_equal);
  index->tips = g_hash_table_new(g_str_hash, g_str_equal);
  while (*text != '\0') {
    size_t length = strcspn(text, "\n");
    add_line(index, text, length);
    text += length + (text[length] == '\n');
  }
  index_versions(index);
  return index;
}

void ref_index_free(RefIndex *index) {
  g_hash_table_unref(index->versions);
  g_hash_table_unref(index->tagged);
  g_hash_table_unref(index->tips);
  g_hash_table_unref(index->branches);
  g_hash_table_unref(index->tags);
  g_free(index);
}

const char *ref_index_branch(const RefIndex *index, const char *name) {
  return g_hash_table_lookup(index->branches, name);
}

const char *ref_index_tag(const RefIndex *index, const char *name) {
  return g_hash_table_lookup(index->tags, name);
}

bool ref_index_is_tip(const RefIndex *index, const char *commit) {
  return g_hash_table_contains(index->tips, commit);
}

bool ref_index_is_tagged(const RefIndex *index, const char *commit) {
  return g_hash_table_contains(index->tagged, commit);
}

const char *const *ref_index_versions_at(const RefIndex *index, const char *commit) {
  static const char *const none[] = {NULL};
  const GPtrArray *names = g_hash_table_lookup(index->versions, commit);
  return names != NULL ? (const char *const *)names->pdata : none;
}

const char *ref_index_latest(const RefIndex *index, const Semver *within) {
  const char *latest = NULL;
  Semver newest = {0};
  GHashTableIter iter;
  gpointer name;
  g_hash_table_iter_init(&iter, index->tags);
  while (g_hash_table_iter_next(&iter, &name, NULL)) {
    Semver version;
    if (!semver_parse(name, &version) || version.pre_length > 0 || (within != NULL && !semver_is_within(&version, within)))
      continue;
    int order = latest != NULL ? semver_compare(&version, &newest) : 1;
    if (order > 0 || (order == 0 && compare_tags(name, latest) < 0)) {
      latest = name;
      newest = version;
    }
  }
  return latest;
}
