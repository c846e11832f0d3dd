#include "base/path.h"
#include "release/project_reader.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/utsname.h>

#define NAME_MAX_BYTES 40
#define TEXT_MAX_BYTES 1024
#define ARGUMENT_MAX_BYTES ((size_t)64 << 10)

#define LOWER G_CSET_a_2_z G_CSET_DIGITS

/* A scalar that is not null, without control characters, of a sensible length; NULL after a finding. Transfer none. */
static const char *plain_text(Reader *reader, const YamlNode *node, const char *expected) {
  if (node->kind != YAML_SCALAR || yaml_is_null(node) || node->length == 0) {
    reader_find(reader, node, "expected %s, found %s", expected, node->kind == YAML_SCALAR ? "nothing" : yaml_describe(node));
    return NULL;
  }
  bool good = node->length <= TEXT_MAX_BYTES;
  for (size_t i = 0; good && i < node->length; i++)
    good = !g_ascii_iscntrl(node->text[i]);
  if (good)
    return node->text;
  reader_find(reader, node, "expected %s, found a text that is too long or has control characters", expected);
  return NULL;
}

static char *refuse(Reader *reader, const YamlNode *node, const char *expected) {
  g_autofree char *shown = reader_show(node);
  reader_find(reader, node, "expected %s, found %s", expected, shown);
  return NULL;
}

/* ---- names --------------------------------------------------------------------------------------------------------------- */

char *item_name(Reader *reader, const YamlNode *node) {
  static const char expected[] = "a name of small letters, digits and -, which begins with a letter or digit and has at most 40 characters";
  const char *text = plain_text(reader, node, expected);
  if (text == NULL)
    return NULL;
  bool good = *text != '-' && strspn(text, LOWER "-") == strlen(text) && strlen(text) <= NAME_MAX_BYTES;
  return good ? g_strdup(text) : refuse(reader, node, expected);
}

/* What stands where a secret's name belongs may be the secret: it is never shown. */
char *item_secret(Reader *reader, const YamlNode *node) {
  static const char expected[] = "the name of a secret in capital letters, digits and _, such as DATABASE_URL";
  const char *text = plain_text(reader, node, expected);
  if (text == NULL)
    return NULL;
  if ((g_ascii_isupper(*text) || *text == '_') && strspn(text, G_CSET_A_2_Z G_CSET_DIGITS "_") == strlen(text) && strlen(text) <= 100)
    return g_strdup(text);
  reader_find(reader, node, "expected %s, and never the value itself", expected);
  return NULL;
}

static char *item_reference(Reader *reader, const YamlNode *node, ReferenceKind kind, const char *expected) {
  const char *text = plain_text(reader, node, expected);
  if (text == NULL)
    return NULL;
  Reference reference = {.kind = kind, .node = node};
  g_array_append_val(reader->references, reference);
  return g_strdup(text);
}

char *item_image(Reader *reader, const YamlNode *node) {
  return item_reference(reader, node, REFERENCE_IMAGE, "the name of an image");
}

char *item_service(Reader *reader, const YamlNode *node) {
  return item_reference(reader, node, REFERENCE_SERVICE, "the name of a service");
}

char *item_branch(Reader *reader, const YamlNode *node) {
  static const char expected[] = "the name of a git branch";
  const char *text = plain_text(reader, node, expected);
  if (text == NULL)
    return NULL;
  if (strpbrk(text, "*?[") != NULL)
    return refuse(reader, node, "the name of one git branch (patterns are not supported yet)");
  bool good = *text != '-' && *text != '/' && strpbrk(text, " ~^:\\") == NULL && strstr(text, "..") == NULL && strstr(text, "@{") == NULL &&
              strstr(text, "//") == NULL && !g_str_has_suffix(text, "/") && !g_str_has_suffix(text, ".lock") && !g_str_has_prefix(text, "refs/");
  return good ? g_strdup(text) : refuse(reader, node, expected);
}

/* ---- paths --------------------------------------------------------------------------------------------------------------- */

char *item_folder(Reader *reader, const YamlNode *node) {
  static const char expected[] = "a path inside the repository, relative and without \"..\"";
  const char *text = plain_text(reader, node, expected);
  char *inside = text != NULL ? path_inside(text) : NULL;
  return inside != NULL || text == NULL ? inside : refuse(reader, node, expected);
}

char *item_workflow(Reader *reader, const YamlNode *node) {
  static const char expected[] = "a workflow file inside the repository, which ends in .yml or .yaml";
  const char *text = plain_text(reader, node, expected);
  g_autofree char *inside = text != NULL ? path_inside(text) : NULL;
  if (inside != NULL && (g_str_has_suffix(inside, ".yml") || g_str_has_suffix(inside, ".yaml")))
    return g_steal_pointer(&inside);
  return text != NULL ? refuse(reader, node, expected) : NULL;
}

/* It becomes part of a mount option, in which ":" and "," mean something. */
char *item_scratch(Reader *reader, const YamlNode *node) {
  static const char expected[] = "an absolute folder without \"..\", \":\" or \",\", such as /srv/static";
  const char *text = plain_text(reader, node, expected);
  if (text == NULL)
    return NULL;
  g_autofree char *inside = *text == '/' && strpbrk(text, ":,") == NULL ? path_inside(text + strspn(text, "/")) : NULL;
  if (inside == NULL || strcmp(inside, ".") == 0)
    return refuse(reader, node, expected);
  return g_strconcat("/", inside, NULL);
}

char *item_url_path(Reader *reader, const YamlNode *node) {
  static const char expected[] = "a path that begins with \"/\", without spaces, \"?\" or \"#\"";
  const char *text = plain_text(reader, node, expected);
  if (text == NULL)
    return NULL;
  bool good = *text == '/' && strpbrk(text, " ?#\"'\\<>") == NULL && g_str_is_ascii(text);
  return good ? g_strdup(text) : refuse(reader, node, expected);
}

/* ---- places -------------------------------------------------------------------------------------------------------------- */

char *item_registry(Reader *reader, const YamlNode *node) {
  static const char expected[] = "\"drover\" or a registry's host and path, such as ghcr.io/acme";
  const char *text = plain_text(reader, node, expected);
  if (text == NULL)
    return NULL;
  if (strcmp(text, "drover") == 0)
    return g_strdup(text);
  const char *slash = strchr(text, '/');
  size_t host = slash != NULL ? (size_t)(slash - text) : strlen(text);
  bool good = host > 0 && strspn(text, LOWER G_CSET_A_2_Z ".-:") == host && g_ascii_isalnum(*text) && memchr(text, '.', host) != NULL &&
              (slash == NULL || (g_ascii_isalnum(slash[1]) && strspn(slash + 1, LOWER "._-/") == strlen(slash + 1) && strstr(slash, "//") == NULL &&
                                 strstr(slash, "..") == NULL && !g_str_has_suffix(text, "/")));
  return good ? g_strdup(text) : refuse(reader, node, expected);
}

const char *project_platform(void) {
  static const char *const rows[][2] = {
    {"x86_64", "linux/amd64"}, {"aarch64", "linux/arm64"}, {"ppc64le", "linux/ppc64le"}, {"s390x", "linux/s390x"}, {"riscv64", "linux/riscv64"},
  };
  static struct utsname facts;
  static gsize done = 0;
  if (g_once_init_enter(&done)) {
    uname(&facts);
    g_once_init_leave(&done, 1);
  }
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (strcmp(facts.machine, rows[i][0]) == 0)
      return rows[i][1];
  return "linux/unknown";
}

char *item_platform(Reader *reader, const YamlNode *node) {
  static const char expected[] = "a platform such as linux/amd64";
  const char *text = plain_text(reader, node, expected);
  if (text == NULL)
    return NULL;
  if (strcmp(text, project_platform()) == 0)
    return g_strdup(text);
  g_autofree char *shown = reader_show(node);
  if (!g_str_has_prefix(text, "linux/"))
    reader_find(reader, node, "expected %s, found %s", expected, shown);
  else
    reader_find(reader, node, "the platform %s is not supported yet: only this machine's own, %s", shown, project_platform());
  return NULL;
}

/* "127.0.0.1:8080", "[::1]:8080". */
char *item_listen(Reader *reader, const YamlNode *node) {
  static const char expected[] = "an IP address and a port from 1 to 65535, such as \"127.0.0.1:8080\" or \"[::]:80\"";
  const char *text = plain_text(reader, node, expected);
  const char *colon = text != NULL ? strrchr(text, ':') : NULL;
  if (colon == NULL)
    return text != NULL ? refuse(reader, node, expected) : NULL;
  bool bracketed = *text == '[' && colon > text + 2 && colon[-1] == ']';
  g_autofree char *host = bracketed ? g_strndup(text + 1, (gsize)(colon - text) - 2) : g_strndup(text, (gsize)(colon - text));
  guint64 port = 0;
  bool good = g_hostname_is_ip_address(host) && bracketed == (strchr(host, ':') != NULL) && strchr(host, '%') == NULL &&
              g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL);
  return good ? g_strdup(text) : refuse(reader, node, expected);
}

char *item_host(Reader *reader, const YamlNode *node) {
  const char *text = plain_text(reader, node, "a host");
  if (text == NULL || strcmp(text, "local") == 0)
    return g_strdup(text);
  g_autofree char *shown = reader_show(node);
  reader_find(reader, node, "the host %s is not supported yet: only local, this machine", shown);
  return NULL;
}

/* An argument or a variable's value: any scalar that is not null, as it is written. */
char *item_argument(Reader *reader, const YamlNode *node) {
  if (node->kind != YAML_SCALAR || yaml_is_null(node)) {
    reader_find(reader, node, "expected a text, found %s%s", yaml_describe(node), node->kind == YAML_SCALAR ? "; write \"\" for an empty one" : "");
    return NULL;
  }
  if (strlen(node->text) == node->length && node->length <= ARGUMENT_MAX_BYTES)
    return g_strdup(node->text);
  reader_find(reader, node, "expected a text without NUL characters of at most %zu bytes", ARGUMENT_MAX_BYTES);
  return NULL;
}
