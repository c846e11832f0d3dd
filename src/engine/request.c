#include "engine/request.h"

#include "base/error.h"
#include "base/image_reference.h"

#include <string.h>

#define HUB "docker.io"
#define OPTIONS_MAX 200 /* words */

typedef enum {
  FLAG,        /* stands alone */
  VALUE,       /* "--cpus 1" or "--cpus=1" */
  ENVIRONMENT, /* a VALUE that must hold "=": a bare name would take it from drover's own environment */
  PUBLISH,     /* a VALUE, judged as a port */
} OptionKind;

/* Options that leave the container closed. */
static const struct {
  const char *name, *letter;
  OptionKind kind;
} harmless[] = {
  {"--add-host", NULL, VALUE},
  {"--cap-drop", NULL, VALUE},
  {"--cpu-period", NULL, VALUE},
  {"--cpu-quota", NULL, VALUE},
  {"--cpu-shares", "-c", VALUE},
  {"--cpus", NULL, VALUE},
  {"--cpuset-cpus", NULL, VALUE},
  {"--dns", NULL, VALUE},
  {"--dns-search", NULL, VALUE},
  {"--env", "-e", ENVIRONMENT},
  {"--expose", NULL, VALUE},
  {"--health-cmd", NULL, VALUE},
  {"--health-interval", NULL, VALUE},
  {"--health-retries", NULL, VALUE},
  {"--health-start-period", NULL, VALUE},
  {"--health-timeout", NULL, VALUE},
  {"--hostname", "-h", VALUE},
  {"--init", NULL, FLAG},
  {"--interactive", "-i", FLAG},
  {"--label", "-l", VALUE},
  {"--memory", "-m", VALUE},
  {"--memory-reservation", NULL, VALUE},
  {"--memory-swap", NULL, VALUE},
  {"--name", NULL, VALUE},
  {"--no-healthcheck", NULL, FLAG},
  {"--oom-score-adj", NULL, VALUE},
  {"--pids-limit", NULL, VALUE},
  {"--platform", NULL, VALUE},
  {"--publish", "-p", PUBLISH},
  {"--read-only", NULL, FLAG},
  {"--rm", NULL, FLAG},
  {"--shm-size", NULL, VALUE},
  {"--stop-signal", NULL, VALUE},
  {"--stop-timeout", NULL, VALUE},
  {"--tmpfs", NULL, VALUE},
  {"--tty", "-t", FLAG},
  {"--ulimit", NULL, VALUE},
  {"--user", "-u", VALUE},
  {"--workdir", "-w", VALUE},
};

static const char *const never[] = {"--network", "--net", "--network-alias", "--net-alias", "--entrypoint"};

static bool is_option(const char *word, size_t length, const char *name) {
  return name != NULL && strlen(name) == length && strncmp(word, name, length) == 0;
}

static bool check_never(const char *word, GError **error) {
  for (size_t i = 0; i < G_N_ELEMENTS(never); i++)
    if (is_option(word, strcspn(word, "="), never[i]))
      return error_set(error, DROVER_ERROR_REFUSED,
                       "options: %s cannot be set: drover puts a job's containers on a network of their own and starts them", never[i]);
  return true;
}

static bool check_value(OptionKind kind, const char *option, char **value, GError **error) {
  if (*value == NULL)
    return error_set(error, DROVER_ERROR_INPUT, "options: %s needs a value", option);
  if (kind == ENVIRONMENT && strchr(*value, '=') == NULL)
    return error_set(error, DROVER_ERROR_REFUSED, "options: %s %s would take the value from drover's own environment: write NAME=VALUE", option,
                     *value);
  if (kind != PUBLISH)
    return true;
  char *published = request_port(*value, false, error);
  if (published == NULL)
    return false;
  g_free(*value);
  *value = published;
  return true;
}

/* Judges the option at `words`; how many words it takes, 0 when it is refused. `out` gets them. */
static size_t take_harmless(char **words, GPtrArray *out, GError **error) {
  size_t length = strcspn(words[0], "=");
  bool joined = words[0][length] == '=';
  for (size_t i = 0; i < G_N_ELEMENTS(harmless); i++) {
    bool is_letter = is_option(words[0], length, harmless[i].letter);
    if (!is_letter && !is_option(words[0], length, harmless[i].name))
      continue;
    if (harmless[i].kind == FLAG) {
      g_ptr_array_add(out, g_strdup(words[0]));
      return 1;
    }
    g_autofree char *value = g_strdup(joined ? words[0] + length + 1 : words[1]);
    if (!check_value(harmless[i].kind, harmless[i].name, &value, error))
      return 0;
    g_ptr_array_add(out, g_strdup(harmless[i].name));
    g_ptr_array_add(out, g_steal_pointer(&value));
    return joined ? 1 : 2;
  }
  error_set(error, DROVER_ERROR_REFUSED, "options: %.*s is not among the options that keep a container closed; --isolation none allows it",
            (int)length, words[0]);
  return 0;
}

static char **harmless_options(char **words, GError **error) {
  g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func(g_free);
  while (*words != NULL) {
    size_t taken = take_harmless(words, out, error);
    if (taken == 0)
      return NULL;
    words += taken;
  }
  g_ptr_array_add(out, NULL);
  return (char **)g_ptr_array_steal(out, NULL);
}

char **request_options(const char *options, bool host_access, GError **error) {
  g_autofree char *text = g_strstrip(g_strdup(options != NULL ? options : ""));
  if (*text == '\0')
    return g_new0(char *, 1);
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) failure = NULL;
  int count = 0;
  if (!g_shell_parse_argv(text, &count, &words, &failure)) {
    error_set(error, DROVER_ERROR_INPUT, "options: %s", failure->message);
    return NULL;
  }
  if (count > OPTIONS_MAX) {
    error_set(error, DROVER_ERROR_INPUT, "options: %d words, at most %d were expected", count, OPTIONS_MAX);
    return NULL;
  }
  for (char **word = words; *word != NULL; word++)
    if (!check_never(*word, error))
      return NULL;
  return host_access ? g_steal_pointer(&words) : harmless_options(words, error);
}

/* "8080", "8000-8010" */
static bool is_port_range(const char *text) {
  return g_regex_match_simple("^[0-9]{1,5}(-[0-9]{1,5})?$", text, G_REGEX_DOLLAR_ENDONLY, 0);
}

char *request_port(const char *port, bool host_access, GError **error) {
  g_auto(GStrv) halves = g_strsplit(port, "/", 2);
  const char *protocol = halves[0] != NULL && halves[1] != NULL ? halves[1] : "tcp";
  g_auto(GStrv) parts = g_strsplit(halves[0] != NULL ? halves[0] : "", ":", -1);
  guint count = g_strv_length(parts);
  bool is_known = strcmp(protocol, "tcp") == 0 || strcmp(protocol, "udp") == 0 || strcmp(protocol, "sctp") == 0;
  bool is_valid = is_known && count >= 1 && count <= 3 && is_port_range(parts[count - 1]);
  if (count >= 2)
    is_valid = is_valid && (is_port_range(parts[count - 2]) || (count == 3 && *parts[1] == '\0'));
  if (!is_valid) {
    error_set(error, DROVER_ERROR_INPUT, "port \"%s\": expected PORT, HERE:PORT or ADDRESS:HERE:PORT, and /tcp or /udp", port);
    return NULL;
  }
  const char *address = count == 3 ? parts[0] : "127.0.0.1";
  if (!host_access && !g_str_has_prefix(address, "127.")) {
    error_set(error, DROVER_ERROR_REFUSED, "port \"%s\": other machines could reach it: name 127.0.0.1 or no address", port);
    return NULL;
  }
  return g_strdup_printf("%s:%s:%s/%s", address, count >= 2 ? parts[count - 2] : "", parts[count - 1], protocol);
}

static bool is_volume_name(const char *name) {
  return g_regex_match_simple("^[a-zA-Z0-9][a-zA-Z0-9_.-]*$", name, G_REGEX_DOLLAR_ENDONLY, 0);
}

char *request_volume(const char *volume, const char *prefix, bool host_access, GError **error) {
  g_auto(GStrv) parts = g_strsplit(volume, ":", -1);
  guint count = g_strv_length(parts);
  bool is_anonymous = count == 1 || (count == 2 && strcmp(parts[1], "ro") == 0);
  const char *target = is_anonymous ? parts[0] : count >= 2 ? parts[1] : NULL;
  bool has_mode = count < 3 || strcmp(parts[2], "ro") == 0 || strcmp(parts[2], "rw") == 0;
  if (count > 3 || target == NULL || *target != '/' || !has_mode) {
    error_set(error, DROVER_ERROR_INPUT, "volume \"%s\": expected NAME:/FOLDER, /FOLDER or /HERE:/FOLDER, and :ro", volume);
    return NULL;
  }
  if (is_anonymous)
    return g_strdup(target);
  if (is_volume_name(parts[0]))
    return g_strconcat(prefix, "-", volume, NULL);
  if (host_access && *parts[0] == '/')
    return g_strdup(volume);
  error_set(error, host_access ? DROVER_ERROR_INPUT : DROVER_ERROR_REFUSED,
            "volume \"%s\": a folder of this machine may be mounted with --isolation none only, and by its whole path", volume);
  return NULL;
}

char *request_registry(const char *image) {
  g_auto(ImageReference) reference = {0};
  if (!image_reference_parse(image, &reference, NULL, NULL) || reference.host.text == NULL)
    return g_strdup(HUB);
  return g_strdup(reference.host.text);
}

char *request_image(const char *image, GError **error) {
  g_auto(ImageReference) reference = {0};
  if (!image_reference_parse(image, &reference, NULL, error))
    return NULL;
  if (reference.host.text != NULL)
    return g_strdup(image);
  bool is_official = strchr(reference.repository.text, '/') == NULL;
  return g_strconcat(HUB "/", is_official ? "library/" : "", image, NULL);
}
