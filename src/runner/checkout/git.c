#include "runner/checkout/git.h"

#include "base/error.h"

#include <string.h>

#define ANSWER_MAX_BYTES ((size_t)4 << 20)
#define WORDS_MAX_BYTES ((size_t)64 << 10)

static const char *const settings[] = {
  "git",       "-c", "safe.directory=*",       "-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false", "-c",
  "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.quotePath=false",
};

static const char *const variables[][2] = {
  {"GIT_CONFIG_NOSYSTEM", "1"}, {"GIT_CONFIG_GLOBAL", "/dev/null"}, {"GIT_ATTR_NOSYSTEM", "1"},
  {"GIT_TERMINAL_PROMPT", "0"}, {"GIT_ALLOW_PROTOCOL", "file"},     {"GIT_NO_LAZY_FETCH", "1"},
};

void checkout_git_init(CheckoutGit *git, const CheckoutSpec *spec, const char *target) {
  g_autoptr(GStrvBuilder) kept = g_strv_builder_new();
  for (const char *const *variable = spec->env; *variable != NULL; variable++)
    if (!g_str_has_prefix(*variable, "GIT_"))
      g_strv_builder_add(kept, *variable);
  g_autofree char *above = g_path_get_dirname(target);
  char **env = g_strv_builder_end(kept);
  for (size_t i = 0; i < G_N_ELEMENTS(variables); i++)
    env = g_environ_setenv(env, variables[i][0], variables[i][1], TRUE);
  env = g_environ_setenv(env, "GIT_CEILING_DIRECTORIES", above, TRUE); /* no repository above is meant */
  *git = (CheckoutGit){.spec = spec, .env = env, .target = target};
  if (spec->deadline_ms > 0)
    git->end_us = g_get_monotonic_time() + spec->deadline_ms * 1000;
}

void checkout_git_clear(CheckoutGit *git) {
  g_clear_pointer(&git->env, g_strfreev);
}

typedef struct {
  const CheckoutSpec *shown; /* NULL: it is not */
  GString *kept;
  size_t max_bytes;
} Said;

static void take(const char *bytes, size_t size, void *data) {
  Said *said = data;
  if (said->shown != NULL && said->shown->on_output != NULL)
    said->shown->on_output(bytes, size, said->shown->data);
  g_string_append_len(said->kept, bytes, (gssize)MIN(size, said->max_bytes - said->kept->len));
}

static bool run(const CheckoutGit *git, const char *const *argv, Said *said, int *status, GError **error) {
  ExecutorSpec spec = {
    .argv = argv,
    .env = (const char *const *)git->env,
    .cwd = git->spec->workspace,
    .on_output = take,
    .data = said,
    .cancellable = git->spec->cancellable,
    .deadline_ms = git->end_us != 0 ? MAX((git->end_us - g_get_monotonic_time()) / 1000, 1) : 0,
  };
  if (executor_run(git->spec->executor, &spec, status, error))
    return true;
  g_prefix_error(error, "actions/checkout: ");
  return false;
}

/* The line that says what is wrong, else the last; transfer full. */
static char *essence(const char *words) {
  g_auto(GStrv) lines = g_strsplit_set(words, "\r\n", -1);
  const char *last = "it says nothing";
  for (char **line = lines; *line != NULL; line++) {
    if (g_str_has_prefix(*line, "fatal: ") || g_str_has_prefix(*line, "error: "))
      return g_strdup(*line + strlen("fatal: "));
    last = **line != '\0' ? *line : last;
  }
  return g_strdup(last);
}

static bool run_shown(const CheckoutGit *git, const char *name, const char *const *argv, GError **error) {
  int status = 0;
  g_autoptr(GString) kept = g_string_new(NULL);
  Said said = {.shown = git->spec, .kept = kept, .max_bytes = WORDS_MAX_BYTES};
  if (!run(git, argv, &said, &status, error))
    return false;
  if (status == 0)
    return true;
  g_autofree char *words = g_utf8_make_valid(kept->str, (gssize)kept->len);
  g_autofree char *why = essence(words);
  return error_set(error, DROVER_ERROR_FAILED, "actions/checkout: %s ended with status %d: %s", name, status, why);
}

bool checkout_program(const CheckoutGit *git, const char *const *argv, GError **error) {
  return run_shown(git, argv[0], argv, error);
}

static GPtrArray *command(const CheckoutGit *git, const char *const *arguments) {
  GPtrArray *argv = g_ptr_array_new();
  for (size_t i = 0; i < G_N_ELEMENTS(settings); i++)
    g_ptr_array_add(argv, (gpointer)settings[i]);
  g_ptr_array_add(argv, (gpointer) "-C");
  g_ptr_array_add(argv, (gpointer)git->target);
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add(argv, (gpointer)*arguments);
  g_ptr_array_add(argv, NULL);
  return argv;
}

bool checkout_git(const CheckoutGit *git, const char *const *arguments, GError **error) {
  g_autoptr(GPtrArray) argv = command(git, arguments);
  return run_shown(git, "git", (const char *const *)argv->pdata, error);
}

GString *checkout_git_ask(const CheckoutGit *git, const char *const *arguments, int *status, GError **error) {
  g_autoptr(GPtrArray) argv = command(git, arguments);
  GString *kept = g_string_new(NULL);
  Said said = {.kept = kept, .max_bytes = ANSWER_MAX_BYTES};
  if (run(git, (const char *const *)argv->pdata, &said, status, error))
    return kept;
  g_string_free(kept, TRUE);
  return NULL;
}
