#include "../git/repository_fixture.h"

#include "base/error.h"
#include "runner/checkout.h"

#include <sys/stat.h>
#include <unistd.h>

/* octo/app, which is tested: two commits on main, v1 (a tag of the first), v2 (an annotated one of the second), the branch "other", and
 * "far", which it knows from its own origin alone. Beside it octo/lib and octo/uses, whose submodules are octo/lib and octo/gone. */
typedef struct {
  Fixture app;
  char *actions, *workspace, *home, *first, *second;
  ActionStore *store;
  Executor *executor;
} World;

static char *ask(const char *folder, const char *script) {
  const char *const argv[] = {"bash", "-c", script, NULL};
  g_autoptr(GError) error = NULL;
  char *said = process_output(&(ProcessSpec){.argv = argv, .cwd = folder}, &error);
  g_assert_no_error(error);
  return said;
}

static char *commit_of(const Fixture *fixture, const char *name) {
  g_autofree char *script = g_strconcat("git rev-parse ", name, NULL);
  return ask(fixture->root, script);
}

static void make_app(World *world) {
  Fixture *app = &world->app;
  put(app, "src/run.sh", "true\n"), put(app, "docs/index.md", "one\n");
  g_autofree char *run = g_build_filename(app->root, "src/run.sh", NULL);
  g_assert_cmpint(chmod(run, 0755), ==, 0);
  git(app, "add --all"), git(app, "commit --quiet --message=first"), git(app, "tag v1"), git(app, "branch other");
  git(app, "update-ref refs/remotes/origin/far HEAD"), git(app, "symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/far");
  world->first = commit_of(app, "HEAD");
  put(app, "docs/index.md", "two\n");
  git(app, "commit --quiet --all --message=second"), git(app, "tag --annotate --message=x v2");
  world->second = commit_of(app, "HEAD");
}

static void make_others(const World *world) {
  g_auto(Fixture) lib = fixture_new(), uses = fixture_new();
  g_autofree char *lib_commit = commit_of(&lib, "HEAD");
  g_autofree char *words = g_strdup_printf("clone --quiet --bare . %s/octo/lib.git", world->actions);
  git(&lib, words);
  g_autofree char *link = g_strdup_printf("update-index --add --cacheinfo 160000,%s,vendor/lib", lib_commit);
  put(&uses, ".gitmodules", "[submodule \"lib\"]\n\tpath = vendor/lib\n\turl = ../lib.git\n");
  git(&uses, "add .gitmodules"), git(&uses, link), git(&uses, "commit --quiet --message=uses"), git(&uses, "branch good");
  put(&uses, ".gitmodules", "[submodule \"lib\"]\n\tpath = vendor/lib\n\turl = https://github.com/octo/gone\n");
  git(&uses, "add .gitmodules"), git(&uses, "commit --quiet --message=gone");
  g_autofree char *more = g_strdup_printf("clone --quiet --bare . %s/octo/uses.git", world->actions);
  git(&uses, more);
}

/* `others`: with the repositories beside octo/app. */
static World world_new(bool others) {
  World world = {.app = fixture_empty()};
  world.actions = g_build_filename(world.app.dir, "actions", NULL);
  world.workspace = g_build_filename(world.app.dir, "workspace", NULL);
  world.home = g_build_filename(world.app.dir, "home", NULL);
  g_assert_true(fs_make_dirs(world.workspace, 0755, NULL) && fs_make_dirs(world.actions, 0755, NULL) && fs_make_dirs(world.home, 0755, NULL));
  make_app(&world);
  if (others)
    make_others(&world);
  g_autoptr(GError) error = NULL;
  const char *const folders[] = {world.actions, NULL};
  world.store = action_store_open(&(ActionStoreSpec){.folders = folders, .cache_dir = world.home}, &error);
  g_assert_no_error(error);
  g_autofree char *marker = g_strconcat("DROVER_TEST=", world.app.dir, NULL);
  world.executor = executor_process_new(marker);
  return world;
}

static void world_clear(World *world) {
  executor_free(world->executor, NULL);
  action_store_free(world->store);
  char **const texts[] = {&world->actions, &world->workspace, &world->home, &world->first, &world->second};
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
    g_clear_pointer(texts[i], g_free);
  fixture_clear(&world->app);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(World, world_clear)

/* `ref` is the tested one; v1 is the first commit's, all else the second's. `path` is PATH. */
static bool check_out(const World *world, const char *ref, const char *inputs_json, const char *path, json_t *outputs, GError **error) {
  json_t *inputs = json_loads(inputs_json, 0, NULL);
  g_assert_nonnull(inputs);
  g_autofree char *home = g_strconcat("HOME=", world->home, NULL), *search = g_strconcat("PATH=", path, NULL);
  const char *const env[] = {search, home, "GIT_DIR=/nowhere", NULL};
  bool done = checkout_run(&(CheckoutSpec){.executor = world->executor,
                                           .env = env,
                                           .workspace = world->workspace,
                                           .repository = "octo/app",
                                           .source = world->app.root,
                                           .commit = g_str_has_suffix(ref, "v1") ? world->first : world->second,
                                           .ref = ref,
                                           .server_url = "https://github.com",
                                           .store = world->store,
                                           .inputs = inputs},
                           outputs, error);
  json_decref(inputs);
  return done;
}

/* ---- what comes of the inputs -------------------------------------------------------------------------------------------- */

#define MAIN "refs/heads/main"
#define WHERE "git symbolic-ref -q HEAD || git log -1 --format=%s"

static const struct {
  const char *name;
  const char *ref;
  const char *inputs;
  const char *script; /* runs in the workspace */
  const char *says;
  const char *output; /* "ref" */
} rows[] = {
  {"a-branch-tracks-origins", MAIN, "{}", "git symbolic-ref HEAD; git rev-parse --abbrev-ref @{u}; git status --porcelain",
   "refs/heads/main\norigin/main", MAIN},
  {"origin-is-the-server", MAIN, "{}", "git remote get-url origin; git config remote.origin.fetch",
   "https://github.com/octo/app\n+refs/heads/*:refs/remotes/origin/*", MAIN},
  {"one-commit-is-fetched", MAIN, "{}", "git rev-list --count HEAD; git tag; cat docs/index.md; test -x src/run.sh; echo $?", "1\ntwo\n0", MAIN},
  {"a-tag-is-detached", "refs/tags/v1", "{}", WHERE "; git tag --points-at HEAD; cat docs/index.md", "first\nv1\none", "refs/tags/v1"},
  {"a-pull-request-is-detached", "refs/pull/7/merge", "{}", WHERE "; git for-each-ref --format='%(refname)'", "second\nrefs/remotes/pull/7/merge",
   "refs/pull/7/merge"},
  {"the-tested-ref-by-its-short-name-is-the-tested-commit", "refs/pull/7/merge", "{\"ref\": \"7/merge\"}", WHERE, "second", "7/merge"},
  {"another-branch", MAIN, "{\"ref\": \"other\"}", WHERE "; cat docs/index.md", "refs/heads/other\none", "other"},
  {"another-branch-by-its-whole-name", MAIN, "{\"REF\": \"refs/heads/other\"}", WHERE, "refs/heads/other", "refs/heads/other"},
  {"a-branch-of-origin-alone", MAIN, "{\"ref\": \"far\"}", WHERE "; git rev-parse --abbrev-ref @{u}", "refs/heads/far\norigin/far", "far"},
  {"another-tag", MAIN, "{\"ref\": \"v1\"}", WHERE "; git tag", "first\nv1", "v1"},
  {"an-annotated-tag-stays-one", "refs/tags/v1", "{\"ref\": \"v2\"}", WHERE "; git cat-file -t v2", "second\ntag", "v2"},
  {"a-commit", MAIN, "{\"ref\": \"FIRST\"}", WHERE "; git for-each-ref", "first", ""},
  {"all-history", MAIN, "{\"fetch-depth\": \"0\"}", "git rev-list --count HEAD; git for-each-ref --format='%(refname)'",
   "2\nrefs/heads/main\nrefs/remotes/origin/far\nrefs/remotes/origin/main\nrefs/remotes/origin/other\nrefs/tags/v1\nrefs/tags/v2", MAIN},
  {"all-history-of-a-commit", MAIN, "{\"fetch-depth\": \"0\", \"ref\": \"FIRST\"}", WHERE "; git rev-list --count origin/main", "first\n2", ""},
  {"two-commits", MAIN, "{\"fetch-depth\": \"2\"}", "git rev-list --count HEAD", "2", MAIN},
  {"tags-too", MAIN, "{\"fetch-tags\": \"true\"}", "git tag; git rev-list --count HEAD", "v1\nv2\n1", MAIN},
  {"tags-too-of-a-tag", "refs/tags/v1", "{\"fetch-tags\": \"true\"}", "git tag; " WHERE, "v1\nv2\nfirst", "refs/tags/v1"},
  {"a-folder", MAIN, "{\"path\": \"deep/er\"}", "ls -A; cat deep/er/docs/index.md", "deep\ntwo", MAIN},
  {"a-whole-path-inside", MAIN, "{\"path\": \"WORKSPACE/x\"}", "cat x/docs/index.md", "two", MAIN},
  {"some-folders", MAIN, "{\"sparse-checkout\": \"src\\n\\n\"}", "ls", "src", MAIN},
  {"some-patterns", MAIN, "{\"sparse-checkout\": \"*.md\", \"sparse-checkout-cone-mode\": \"false\"}", "find . -type f -not -path './.git/*'",
   "./docs/index.md", MAIN},
  {"another-repository-at-its-default-branch", MAIN, "{\"repository\": \"Octo/Lib\"}", WHERE "; cat drover.yaml; git remote get-url origin",
   "refs/heads/main\nversion: 1\nhttps://github.com/Octo/Lib", MAIN},
  {"submodules", MAIN, "{\"repository\": \"octo/uses\", \"ref\": \"good\", \"submodules\": \"true\"}",
   "cat vendor/lib/drover.yaml; git -C vendor/lib remote get-url origin", "version: 1\nhttps://github.com/octo/lib.git", "good"},
  {"submodules-in-one-another", MAIN, "{\"repository\": \"octo/uses\", \"ref\": \"good\", \"submodules\": \"recursive\", \"fetch-depth\": \"0\"}",
   "cat vendor/lib/drover.yaml", "version: 1", "good"},
  {"no-submodules-unless-asked-for", MAIN, "{\"repository\": \"octo/uses\"}", "ls vendor/lib", "", MAIN},
  {"what-only-a-server-would-need", MAIN,
   "{\"token\": \"x\", \"persist-credentials\": \"true\", \"filter\": \"blob:none\", \"show-progress\": \"false\", \"set-safe-directory\": \"true\"}",
   "cat docs/index.md; grep -c -e extraheader -e promisor .git/config", "two\n0", MAIN},
};

/* FIRST and WORKSPACE stand for what only the test knows. */
static char *fill_in(const World *world, const char *text) {
  g_autoptr(GString) filled = g_string_new(text);
  g_string_replace(filled, "FIRST", world->first, 0);
  g_string_replace(filled, "WORKSPACE", world->workspace, 0);
  return g_strdup(filled->str);
}

static void test_row(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(World) world = world_new(strstr(rows[i].inputs, "repository") != NULL);
  g_autofree char *inputs = fill_in(&world, rows[i].inputs);
  g_autoptr(GError) error = NULL;
  json_t *outputs = json_object();
  bool done = check_out(&world, rows[i].ref, inputs, g_getenv("PATH"), outputs, &error);
  g_assert_no_error(error);
  g_assert_true(done);
  g_autofree char *script = g_strdup_printf("{ %s; } || true", rows[i].script), *said = ask(world.workspace, script);
  g_assert_cmpstr(said, ==, rows[i].says);
  g_assert_cmpstr(json_string_value(json_object_get(outputs, "ref")), ==, rows[i].output);
  if (strstr(rows[i].inputs, "path") == NULL) { /* else it lies in a folder below */
    g_autofree char *head = ask(world.workspace, "git rev-parse HEAD");
    g_assert_cmpstr(json_string_value(json_object_get(outputs, "commit")), ==, head);
  }
  json_decref(outputs);
}

/* ---- what cannot be ------------------------------------------------------------------------------------------------------ */

static const struct {
  const char *name;
  const char *inputs;
  DroverError code;
  const char *says;
} failures[] = {
  {"a-path-outside", "{\"path\": \"../x\"}", DROVER_ERROR_INPUT, "actions/checkout: path \"../x\": expected a folder below the workspace"},
  {"a-path-beside", "{\"path\": \"../workspace2\"}", DROVER_ERROR_INPUT, "expected a folder below the workspace"},
  {"a-whole-path-outside", "{\"path\": \"/etc\"}", DROVER_ERROR_INPUT, "expected a folder below the workspace"},
  {"lfs", "{\"lfs\": \"true\"}", DROVER_ERROR_INPUT, "actions/checkout: lfs: "},
  {"no-owner", "{\"repository\": \"lib\"}", DROVER_ERROR_INPUT, "expected owner/repo"},
  {"an-unknown-repository", "{\"repository\": \"octo/none\"}", DROVER_ERROR_NOT_FOUND, "in which lies the git repository octo/none.git"},
  {"an-unknown-ref", "{\"ref\": \"nope\"}", DROVER_ERROR_NOT_FOUND, "has no branch or tag of that name"},
  {"a-shortened-commit", "{\"ref\": \"abcdef0\"}", DROVER_ERROR_NOT_FOUND, "has no branch or tag of that name"},
  {"an-option", "{\"ref\": \"--upload-pack=touch x\"}", DROVER_ERROR_NOT_FOUND, "has no branch or tag of that name"},
  {"a-commit-that-is-not-there", "{\"ref\": \"0123456789012345678901234567890123456789\"}", DROVER_ERROR_FAILED,
   "actions/checkout: git ended with status 128: "},
  {"a-submodule-that-is-not-here", "{\"repository\": \"octo/uses\", \"submodules\": \"true\"}", DROVER_ERROR_NOT_FOUND,
   "submodule \"lib\" (https://github.com/octo/gone)"},
};

static void test_failure(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(World) world = world_new(strstr(failures[i].inputs, "repository") != NULL);
  g_autoptr(GError) error = NULL;
  json_t *outputs = json_object();
  g_assert_false(check_out(&world, MAIN, failures[i].inputs, g_getenv("PATH"), outputs, &error));
  g_assert_cmpuint(json_object_size(outputs), ==, 0);
  json_decref(outputs);
  g_assert_cmpint(error->code, ==, failures[i].code);
  if (strstr(error->message, failures[i].says) == NULL)
    g_error("%s", error->message);
}

static void must_check_out(const World *world, const char *ref, const char *inputs) {
  g_autoptr(GError) error = NULL;
  json_t *outputs = json_object();
  bool done = check_out(world, ref, inputs, g_getenv("PATH"), outputs, &error);
  g_assert_no_error(error);
  g_assert_true(done);
  json_decref(outputs);
}

static void test_without_git(void) {
  g_auto(World) world = world_new(false);
  g_autoptr(GError) error = NULL;
  json_t *outputs = json_object();
  g_assert_false(check_out(&world, MAIN, "{}", "/nowhere", outputs, &error));
  g_assert_true(error_is(error, DROVER_ERROR_MISSING));
  g_assert_true(g_str_has_prefix(error->message, "actions/checkout: "));
  json_decref(outputs);
}

/* ---- what is there already ----------------------------------------------------------------------------------------------- */

static const struct {
  const char *name;
  const char *before; /* runs in the workspace between two checkouts; NULL: there is no first */
  const char *inputs;
  const char *script;
  const char *says;
} again_rows[] = {
  {"other-files-go", NULL, "{}", "ls -A", ".git\ndocs\nsrc"},
  {"what-was-changed-goes", "echo x > docs/index.md; echo x > new", "{}", "cat docs/index.md; ls", "two\ndocs\nsrc"},
  {"untracked-files-stay-unless-cleaned", "echo x > docs/index.md; echo x > new", "{\"clean\": \"false\"}", "cat docs/index.md; ls",
   "two\ndocs\nnew\nsrc"},
  {"a-repository-of-another-origin-goes", "git remote set-url origin https://github.com/a/b; touch .git/mark", "{}",
   "ls .git/mark 2>/dev/null; git remote get-url origin", "https://github.com/octo/app"},
  {"the-same-repository-is-used-again", "touch .git/mark", "{\"ref\": \"other\"}", "ls .git/mark; git symbolic-ref HEAD",
   ".git/mark\nrefs/heads/other"},
  {"all-history-after-one-commit", "true", "{\"fetch-depth\": \"0\"}", "git rev-list --count HEAD; git rev-parse --is-shallow-repository",
   "2\nfalse"},
  {"everything-after-some-folders", "git sparse-checkout set src", "{}", "ls", "docs\nsrc"},
  {"a-broken-repository-is-made-anew", "rm .git/HEAD", "{}", "git symbolic-ref HEAD", "refs/heads/main"},
  {"a-broken-index-is-made-anew", "echo x > .git/index", "{}", "git status --porcelain", ""},
};

static void test_again(gconstpointer data) {
  size_t i = GPOINTER_TO_SIZE(data);
  g_auto(World) world = world_new(false);
  if (again_rows[i].before != NULL)
    must_check_out(&world, MAIN, "{}");
  g_autofree char *before = ask(world.workspace, again_rows[i].before != NULL ? again_rows[i].before : "mkdir -p a/b; touch a/b/c .hidden");
  must_check_out(&world, MAIN, again_rows[i].inputs);
  g_autofree char *script = g_strdup_printf("{ %s; } || true", again_rows[i].script), *said = ask(world.workspace, script);
  g_assert_cmpstr(said, ==, again_rows[i].says);
}

static void test_a_file_in_the_way_goes(void) {
  g_auto(World) world = world_new(false);
  g_autofree char *before = ask(world.workspace, "echo x > sub");
  must_check_out(&world, MAIN, "{\"path\": \"sub\"}");
  g_autofree char *said = ask(world.workspace, "cat sub/docs/index.md");
  g_assert_cmpstr(said, ==, "two");
}

/* ---- whose settings count ------------------------------------------------------------------------------------------------ */

static void test_settings_of_the_user_do_not_count(void) {
  g_auto(World) world = world_new(false);
  g_autofree char *before =
    ask(world.home,
        "mkdir -p hooks template/hooks; printf '#!/bin/sh\\ntouch \"$HOME/ran\"\\n' > hooks/post-checkout; chmod +x hooks/*;"
        " cp hooks/post-checkout template/hooks; printf '[core]\\nhooksPath = %s/hooks\\nautocrlf = true\\n[init]\\ntemplateDir = %s/template\\n"
        "[filter \"x\"]\\nsmudge = touch %s/ran; cat\\n' \"$PWD\" \"$PWD\" \"$PWD\" > .gitconfig");
  put(&world.app, ".gitattributes", "* filter=x\n");
  git(&world.app, "add --all"), git(&world.app, "commit --quiet --message=third");
  g_free(world.second);
  world.second = commit_of(&world.app, "HEAD");
  must_check_out(&world, MAIN, "{}");
  g_autofree char *said = ask(world.workspace, "cat -A docs/index.md; ls ../home/ran 2>/dev/null; ls .git/hooks 2>/dev/null || true");
  g_assert_cmpstr(said, ==, "two$");
}

static void test_a_linked_worktree_is_a_source(void) {
  g_auto(World) world = world_new(false);
  git(&world.app, "worktree add --quiet ../linked v1");
  g_autofree char *linked = g_build_filename(world.app.dir, "linked", NULL);
  g_free(world.app.root);
  world.app.root = g_steal_pointer(&linked);
  must_check_out(&world, "refs/tags/v1", "{}");
  g_autofree char *said = ask(world.workspace, "cat docs/index.md");
  g_assert_cmpstr(said, ==, "one");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *path = g_strconcat("/runner/checkout/", rows[i].name, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_row);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(failures); i++) {
    g_autofree char *path = g_strconcat("/runner/checkout/fails/", failures[i].name, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_failure);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(again_rows); i++) {
    g_autofree char *path = g_strconcat("/runner/checkout/again/", again_rows[i].name, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_again);
  }
  g_test_add_func("/runner/checkout/fails/without-git", test_without_git);
  g_test_add_func("/runner/checkout/again/a-file-in-the-way-goes", test_a_file_in_the_way_goes);
  g_test_add_func("/runner/checkout/settings-of-the-user-do-not-count", test_settings_of_the_user_do_not_count);
  g_test_add_func("/runner/checkout/a-linked-worktree-is-a-source", test_a_linked_worktree_is_a_source);
  return g_test_run();
}
