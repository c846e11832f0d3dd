/* What is used from elsewhere, judged with a mirror of the actions' repositories, and what the fixes make of it. */
#include "../../git/repository_fixture.h"

#include "base/error.h"
#include "git/mirror.h"
#include "lint/edit/edit.h"
#include "lint/file.h"

#define FORK "0123456789012345678901234567890123456789"
#define REPO "actions/download-artifact"

typedef struct {
  Fixture fixture;
  char *folder;
} Scene;

static void commit(const Fixture *fixture, const char *name) {
  g_autofree char *words = g_strdup_printf("commit --quiet --allow-empty --message=%s", name);
  git(fixture, words);
}

/* one (v4.1.2, the branches old and both) - two (v4.1.3, v4, both) - three - four (helpers/v1, main) */
static Scene scene_new(void) {
  Scene made = {.fixture = fixture_empty()};
  commit(&made.fixture, "one");
  git(&made.fixture, "tag v4.1.2");
  git(&made.fixture, "branch old");
  git(&made.fixture, "branch both");
  commit(&made.fixture, "two");
  git(&made.fixture, "tag v4.1.3");
  git(&made.fixture, "tag v4");
  git(&made.fixture, "tag --annotate --message=both both");
  commit(&made.fixture, "three");
  git(&made.fixture, "branch untagged");
  commit(&made.fixture, "four");
  git(&made.fixture, "tag helpers/v1");
  git(&made.fixture, "clone --quiet --bare . ../mirror/" REPO ".git");
  git(&made.fixture, "clone --quiet --bare . ../mirror/action/checkout.git");
  made.folder = g_build_filename(made.fixture.root, "../mirror", NULL);
  return made;
}

static void scene_clear(Scene *made) {
  g_free(made->folder);
  fixture_clear(&made->fixture);
}

static Scene scene; /* all rows only read it */

/* Puts commits in the place of {one} to {four}, of {two:12} the first digits. Transfer full. */
static char *fill_in(const char *text, Mirror *mirror) {
  static const char *const names[][2] = {{"{one}", "v4.1.2"}, {"{two}", "v4.1.3"}, {"{three}", "untagged"}, {"{four}", "helpers/v1"}};
  g_autoptr(GString) filled = g_string_new(text);
  MirrorRef found;
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    g_assert_true(mirror_resolve(mirror, "actions", "download-artifact", names[i][1], &found, NULL));
    g_string_replace(filled, names[i][0], found.commit, 0);
    g_autofree char *digits = g_strndup(found.commit, 12), *name = g_strdup_printf("%.*s:12}", (int)strlen(names[i][0]) - 1, names[i][0]);
    g_string_replace(filled, name, digits, 0);
  }
  return g_strdup(filled->str);
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
  const char *rule;
  const char *claim;
  const char *uses;
  const char *want;  /* "PERSONA SEVERITY CONFIDENCE PART-OF-THE-MESSAGE"; NULL: it is silent */
  const char *fixed; /* what stands there with the fix; NULL: there is none */
} Row;

static const Row rows[] = {
  {"impostor-commit", "a-commit-of-nobody", REPO "@" FORK " # v4.1.3", "regular high high no branch and no tag of " REPO, NULL},
  {"impostor-commit", "in-other-letters", "Actions/Download-Artifact/x@" FORK, "regular high high no branch", NULL},
  {"impostor-commit", "a-commit-of-a-tag", REPO "@{one}", NULL, NULL},
  {"impostor-commit", "a-commit-of-a-branch", REPO "@{three}", NULL, NULL},
  {"impostor-commit", "a-tag", REPO "@v4", NULL, NULL},
  {"impostor-commit", "a-repository-that-is-not-mirrored", "actions/checkout@" FORK, NULL, NULL},

  {"ref-confusion", "a-branch-and-a-tag", REPO "@both", "regular medium high a branch and a tag that are called \"both\"", NULL},
  {"ref-confusion", "a-tag", REPO "@v4", NULL, NULL},
  {"ref-confusion", "a-branch", REPO "@main", NULL, NULL},
  {"ref-confusion", "a-commit", REPO "@{two}", NULL, NULL},
  {"ref-confusion", "neither", REPO "@none", NULL, NULL},

  {"stale-action-refs", "no-tag", REPO "@{three}", "pedantic low high no tag points at this commit", NULL},
  {"stale-action-refs", "a-version", REPO "@{two}", NULL, NULL},
  {"stale-action-refs", "a-tag-that-is-no-version", REPO "@{four}", NULL, NULL},
  {"stale-action-refs", "a-commit-of-nobody", REPO "@" FORK, NULL, NULL},
  {"stale-action-refs", "a-branch", REPO "@untagged", NULL, NULL},

  {"ref-version-mismatch", "another-version", REPO "@{one} # v4.1.3",
   "regular medium high the comment says v4.1.3, which is commit {two:12}:", REPO "@{one} # v4.1.2"},
  {"ref-version-mismatch", "a-tag-that-moved", REPO "@{one} # v4", "regular medium high the comment says v4, which is commit {two:12}",
   REPO "@{one} # v4.1.2"},
  {"ref-version-mismatch", "no-such-version", REPO "@{one} # v9", "regular medium high v9, which is no tag", REPO "@{one} # v4.1.2"},
  {"ref-version-mismatch", "a-label", REPO "@{one} # tag=v4.1.3", "regular medium high v4.1.3", REPO "@{one} # v4.1.2"},
  {"ref-version-mismatch", "more-words", REPO "@{one} # v4.1.3, as asked", "regular medium high v4.1.3", REPO "@{one} # v4.1.2"},
  {"ref-version-mismatch", "a-commit-of-nobody", REPO "@" FORK " # v4.1.3", "regular medium high v4.1.3", NULL},
  {"ref-version-mismatch", "of-no-release", REPO "@{three} # v4.1.3", "regular medium high v4.1.3", NULL},
  {"ref-version-mismatch", "no-comment", REPO "@{one}", "pedantic low high no comment says", REPO "@{one} # v4.1.2"},
  {"ref-version-mismatch", "other-words", REPO "@{one} # the newest", "pedantic low high does not say", NULL},
  {"ref-version-mismatch", "one-word", REPO "@{one} # pinned", "pedantic low high does not say", NULL},
  {"ref-version-mismatch", "the-version", REPO "@{one} # v4.1.2", NULL, NULL},
  {"ref-version-mismatch", "a-shorter-version", REPO "@{two} # v4", NULL, NULL},
  {"ref-version-mismatch", "no-comment-and-no-release", REPO "@{four}", NULL, NULL},
  {"ref-version-mismatch", "a-tag", REPO "@v4 # v4.1.2", NULL, NULL},

  {"known-vulnerable-actions", "a-commit", REPO "@{one}", "regular high high v4.1.2 is known", REPO "@{two} # v4.1.3"},
  {"known-vulnerable-actions", "a-comment-that-lies", REPO "@{one} # v4.1.3", "regular high high v4.1.2 is known", REPO "@{two} # v4.1.3"},
  {"known-vulnerable-actions", "a-comment-that-is-kept", REPO "@{one} # the newest", "regular high high v4.1.2 is known", REPO "@{two} # the newest"},
  {"known-vulnerable-actions", "a-branch", REPO "@old", "regular high high v4.1.2 is known", NULL},
  {"known-vulnerable-actions", "a-tag", REPO "@v4.1.2", "regular high high v4.1.2 is known", REPO "@v4.1.3"},
  {"known-vulnerable-actions", "a-tag-that-moved-on", REPO "@v4", NULL, NULL},
  {"known-vulnerable-actions", "a-comment-that-is-too-old", REPO "@{two} # v4.1.2", NULL, NULL},

  {"unpinned-uses", "a-version", REPO "@v4", "regular high high who can move", REPO "@{two} # v4.1.3"},
  {"unpinned-uses", "a-version-in-quotes", "'" REPO "@v4'", "regular high high who can move", "'" REPO "@{two}' # v4.1.3"},
  {"unpinned-uses", "a-branch", REPO "@main", "regular high high who can move", NULL},
  {"unpinned-uses", "a-version-that-is-not-there", REPO "@v7", "regular high high who can move", NULL},

  {"pinned-actions", "a-version", REPO "@v4", "regular high high can be moved", REPO "@{two} # v4.1.3"},
  {"pinned-actions", "no-comment", REPO "@{one}", "regular low high nobody sees which version", REPO "@{one} # v4.1.2"},
  {"pinned-actions", "no-comment-and-no-release", REPO "@{three}", "regular low high nobody sees which version", NULL},

  {"typosquat-uses", "it-exists", "action/checkout@v4", "regular high high lacks a character", NULL},
  {"typosquat-uses", "it-may-not-exist", "actons/checkout@v4", "regular high low lacks a character", NULL},
};

static char *make_text(const char *uses, Mirror *mirror) {
  g_autofree char *filled = fill_in(uses, mirror);
  return g_strdup_printf("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: %s\n        id: x\n", filled);
}

static void check_fix(const Row *row, const Finding *finding, const char *text, Mirror *mirror) {
  g_assert_cmpint(finding->fix != NULL, ==, row->fixed != NULL);
  if (row->fixed == NULL)
    return;
  g_autofree char *want = make_text(row->fixed, mirror);
  g_autoptr(GPtrArray) fixes = g_ptr_array_new();
  g_ptr_array_add(fixes, finding->fix);
  size_t size;
  g_autofree char *fixed = edits_apply(text, strlen(text), fixes, NULL, &size);
  g_assert_cmpstr(fixed, ==, want);
}

static void check_finding(const Row *row, const Finding *finding, Mirror *mirror) {
  g_autofree char *want = fill_in(row->want, mirror);
  g_autofree char *grades = g_strdup_printf("%s %s %s ", lint_persona_name(finding->persona), lint_severity_name(finding->severity),
                                            lint_confidence_name(finding->confidence));
  if (finding->line != 6 || !g_str_has_prefix(want, grades) || strstr(finding->message, want + strlen(grades)) == NULL)
    g_error("expected \"%s\", found \"%s%s\" in line %u", want, grades, finding->message, finding->line);
}

static void test_row(const void *data) {
  const Row *row = data;
  g_autoptr(LintConfig) config = lint_config_new();
  g_autoptr(Findings) findings = findings_new();
  g_autoptr(LintRepository) repository = lint_repository_new("/nonexistent", NULL, NULL);
  g_assert_true(lint_repository_open_mirror(repository, scene.folder, NULL));
  Mirror *mirror = lint_repository_mirror(repository);
  g_autofree char *text = make_text(row->uses, mirror);
  config->persona = PERSONA_AUDITOR;
  config->hardened = strcmp(row->rule, "pinned-actions") == 0; /* which says what other rules then need not */
  LintInput input = {.path = ".github/workflows/x.yml", .text = text, .size = strlen(text), .fixing = true};
  lint_file(&input, config, repository, findings);
  guint seen = 0;
  for (guint i = 0; i < findings_count(findings); i++) {
    const Finding *finding = findings_at(findings, i);
    if (strcmp(finding->rule, row->rule) != 0)
      continue;
    if (row->want == NULL || seen++ > 0)
      g_error("expected nothing more, found \"%s\"", finding->message);
    check_finding(row, finding, mirror);
    check_fix(row, finding, text, mirror);
  }
  g_assert_cmpuint(seen, ==, row->want != NULL);
}

/* ---- the lock file ---------------------------------------------------------------------------------------------------------- */

#define LOCK                                                                                                                                         \
  "version: v0.0.2\nworkflows: {'.github/workflows/x.yml': ['" REPO "@v4']}\ndependencies:\n  '" REPO "@v4': {ref: v4.1.2, commit: sha1-" FORK "}\n"

static char *read_lock(const char *path, size_t *size, void *data, GError **error) {
  if (strcmp(path, ".github/workflows/actions.lock") != 0) {
    error_set(error, DROVER_ERROR_NOT_FOUND, "%s: not there", path);
    return NULL;
  }
  ++*(guint *)data;
  *size = strlen(LOCK);
  return g_strdup(LOCK);
}

static guint count_rule(const Findings *findings, const char *rule) {
  guint count = 0;
  for (guint i = 0; i < findings_count(findings); i++)
    count += strcmp(findings_at(findings, i)->rule, rule) == 0;
  return count;
}

/* A workflow that the lock file lists runs its commit; another one runs what the tag is. */
static void test_locked(void) {
  static const char text[] = "on: push\njobs:\n  a: {runs-on: x, steps: [{uses: " REPO "@v4}, {uses: " REPO "@v4}]}\n";
  static const struct {
    const char *path;
    guint unpinned, vulnerable;
  } files[] = {{".github/workflows/x.yml", 0, 2}, {".github/workflows/y.yml", 2, 0}};
  guint reads = 0;
  g_autoptr(LintConfig) config = lint_config_new();
  g_autoptr(LintRepository) repository = lint_repository_new(NULL, read_lock, &reads);
  for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autoptr(Findings) findings = findings_new();
    lint_file(&(LintInput){.path = files[i].path, .text = text, .size = strlen(text)}, config, repository, findings);
    g_assert_cmpuint(count_rule(findings, "unpinned-uses"), ==, files[i].unpinned);
    g_assert_cmpuint(count_rule(findings, "known-vulnerable-actions"), ==, files[i].vulnerable);
  }
  g_assert_cmpuint(reads, ==, 1);
}

static void test_no_mirror(void) {
  g_autoptr(LintRepository) repository = lint_repository_new("/nonexistent", NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_assert_null(lint_repository_mirror(repository));
  g_assert_false(lint_repository_open_mirror(repository, "/nonexistent", &error));
  g_assert_nonnull(error);
  g_assert_null(lint_repository_mirror(repository));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strdup_printf("/lint/mirrored/%s/%s", rows[i].rule, rows[i].claim);
    g_test_add_data_func(path, &rows[i], test_row);
  }
  g_test_add_func("/lint/mirrored/locked", test_locked);
  g_test_add_func("/lint/mirrored/no-mirror", test_no_mirror);
  scene = scene_new();
  int status = g_test_run();
  scene_clear(&scene);
  return status;
}
