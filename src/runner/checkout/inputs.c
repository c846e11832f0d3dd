#include "runner/checkout/inputs.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

void checkout_inputs_clear(CheckoutInputs *inputs) {
  g_clear_pointer(&inputs->owner, g_free);
  g_clear_pointer(&inputs->repo, g_free);
  g_clear_pointer(&inputs->target, g_free);
  g_clear_pointer(&inputs->ref, g_free);
  g_clear_pointer(&inputs->sparse, g_strfreev);
}

/* Without blanks around it, as the toolkit reads inputs; `fallback` where it is empty. Transfer full. */
static char *text(const CheckoutSpec *spec, const char *name, const char *fallback) {
  const char *key;
  json_t *value;
  g_autofree char *found = NULL;
  json_object_foreach ((json_t *)spec->inputs, key, value) {
    if (found == NULL && g_ascii_strcasecmp(key, name) == 0)
      found = g_strstrip(g_strdup(json_is_string(value) ? json_string_value(value) : ""));
  }
  return found != NULL && *found != '\0' ? g_steal_pointer(&found) : g_strdup(fallback);
}

static bool truth(const CheckoutSpec *spec, const char *name, bool fallback) {
  g_autofree char *given = text(spec, name, fallback ? "true" : "false");
  return g_ascii_strcasecmp(given, "true") == 0;
}

/* What is no number means all history. */
static unsigned depth(const CheckoutSpec *spec) {
  g_autofree char *given = text(spec, "fetch-depth", "1");
  char *end = NULL;
  double number = floor(g_ascii_strtod(given, &end));
  return *end == '\0' && number >= 0 && number < G_MAXINT32 ? (unsigned)number : 0;
}

/* A pattern a line. */
static char **sparse(const CheckoutSpec *spec) {
  g_autofree char *given = text(spec, "sparse-checkout", "");
  g_auto(GStrv) lines = g_strsplit(given, "\n", -1);
  g_autoptr(GStrvBuilder) kept = g_strv_builder_new();
  for (char **line = lines; *line != NULL; line++)
    if (*g_strstrip(*line) != '\0')
      g_strv_builder_add(kept, *line);
  return *given != '\0' ? g_strv_builder_end(kept) : NULL;
}

static CheckoutSubmodules submodules(const CheckoutSpec *spec) {
  g_autofree char *given = text(spec, "submodules", "false");
  if (g_ascii_strcasecmp(given, "recursive") == 0)
    return SUBMODULES_ALL;
  return g_ascii_strcasecmp(given, "true") == 0 ? SUBMODULES_OWN : SUBMODULES_NONE;
}

static bool read_repository(CheckoutInputs *inputs, const CheckoutSpec *spec, GError **error) {
  g_autofree char *name = text(spec, "repository", spec->repository);
  g_auto(GStrv) parts = g_strsplit(name, "/", -1);
  if (g_strv_length(parts) != 2 || *parts[0] == '\0' || *parts[1] == '\0')
    return error_set(error, DROVER_ERROR_INPUT, "actions/checkout: repository \"%s\": expected owner/repo", name);
  inputs->owner = g_strdup(parts[0]);
  inputs->repo = g_strdup(parts[1]);
  inputs->is_tested = g_ascii_strcasecmp(name, spec->repository) == 0;
  return true;
}

/* By its name alone: what links in the workspace lead to is the job's own business. */
static bool read_path(CheckoutInputs *inputs, const CheckoutSpec *spec, GError **error) {
  g_autofree char *path = text(spec, "path", ".");
  g_autofree char *workspace = g_canonicalize_filename(spec->workspace, "/");
  g_autofree char *target = g_canonicalize_filename(path, workspace);
  size_t length = strlen(workspace);
  if (strncmp(target, workspace, length) != 0 || (target[length] != '\0' && target[length] != '/'))
    return error_set(error, DROVER_ERROR_INPUT, "actions/checkout: path \"%s\": expected a folder below the workspace", path);
  inputs->target = g_steal_pointer(&target);
  return true;
}

bool checkout_inputs_read(CheckoutInputs *inputs, const CheckoutSpec *spec, GError **error) {
  if (truth(spec, "lfs", false))
    return error_set(error, DROVER_ERROR_INPUT, "actions/checkout: lfs: files in Git LFS lie on a server, and none is asked; leave the input out");
  inputs->ref = text(spec, "ref", "");
  inputs->clean = truth(spec, "clean", true);
  inputs->fetch_tags = truth(spec, "fetch-tags", false);
  inputs->show_progress = truth(spec, "show-progress", true);
  inputs->cone = truth(spec, "sparse-checkout-cone-mode", true);
  inputs->depth = depth(spec);
  inputs->sparse = sparse(spec);
  inputs->submodules = submodules(spec);
  return read_repository(inputs, spec, error) && read_path(inputs, spec, error);
}
