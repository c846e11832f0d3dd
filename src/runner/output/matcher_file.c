#include "runner/output/matcher_file.h"

#include "base/error.h"

#include <jansson.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)1 << 20)
#define MATCHERS_MAX 100 /* in a file, and in force */
#define PATTERNS_MAX 50  /* of a matcher */
#define REGEXP_MAX_BYTES ((size_t)16 << 10)

static const char *const fields[MATCH_FIELDS] = {
  [MATCH_FILE] = "file",         [MATCH_FROM_PATH] = "fromPath", [MATCH_LINE] = "line",       [MATCH_COLUMN] = "column",
  [MATCH_SEVERITY] = "severity", [MATCH_CODE] = "code",          [MATCH_MESSAGE] = "message",
};

/* ---- lifetime ---- */

static void clear_pattern(void *data) {
  pcre2_code_free(((MatcherPattern *)data)->code);
}

static Matcher *matcher_new(const char *owner) {
  Matcher *matcher = g_atomic_rc_box_new0(Matcher);
  matcher->owner = g_strdup(owner);
  matcher->patterns = g_array_new(FALSE, TRUE, sizeof(MatcherPattern));
  g_array_set_clear_func(matcher->patterns, clear_pattern);
  return matcher;
}

static void matcher_clear(void *data) {
  Matcher *matcher = data;
  g_free(matcher->owner);
  g_free(matcher->severity);
  g_free(matcher->from_path);
  g_array_unref(matcher->patterns);
}

Matcher *matcher_ref(Matcher *matcher) {
  return g_atomic_rc_box_acquire(matcher);
}

void matcher_unref(void *matcher) {
  g_atomic_rc_box_release_full(matcher, matcher_clear);
}

/* ---- a pattern ---- */

/* A member that is a text; "" when it is absent or null. */
static const char *text_of(const json_t *object, const char *name) {
  const char *text = json_string_value(json_object_get(object, name));
  return text != NULL ? text : "";
}

/* A group's number, which may be written as a text too; -1: none, G_MININT: no number of a group. */
static bool read_group(const json_t *value, int *group) {
  *group = -1;
  if (value == NULL || json_is_null(value))
    return true;
  gint64 number = json_is_integer(value) ? json_integer_value(value) : -1;
  if (!json_is_integer(value) && !(json_is_string(value) && g_ascii_string_to_signed(json_string_value(value), 10, 0, G_MAXINT, &number, NULL)))
    return false;
  *group = number < 0 ? G_MININT : (int)MIN(number, G_MAXINT);
  return true;
}

static pcre2_code *compile(const char *regexp, char **why) {
  int code = 0;
  PCRE2_SIZE at = 0;
  pcre2_code *compiled = strlen(regexp) > REGEXP_MAX_BYTES
                           ? NULL
                           : pcre2_compile((PCRE2_SPTR)regexp, strlen(regexp),
                                           PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_ALT_BSUX | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);
  if (compiled != NULL) {
    pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE); /* a hint: without it matching is slower */
    return compiled;
  }
  char text[256] = "";
  pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
  *why = code != 0 ? g_strdup_printf("%s, at character %zu", text, at) : g_strdup_printf("it is longer than %zu bytes", REGEXP_MAX_BYTES);
  return NULL;
}

static bool read_pattern(const json_t *json, const Matcher *matcher, MatcherPattern *pattern, GError **error) {
  g_autofree char *why = NULL;
  uint32_t groups = 0, options = 0;
  pattern->code = compile(text_of(json, "regexp"), &why);
  if (pattern->code == NULL)
    return error_set(error, DROVER_ERROR_INPUT, "matcher \"%s\": the pattern \"%.200s\" is no regular expression: %s", matcher->owner,
                     text_of(json, "regexp"), why);
  pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT, &groups);
  pcre2_pattern_info(pattern->code, PCRE2_INFO_ALLOPTIONS, &options);
  pattern->anchored = (options & PCRE2_ANCHORED) != 0;
  for (size_t i = 0; i < MATCH_FIELDS; i++) {
    if (!read_group(json_object_get(json, fields[i]), &pattern->groups[i]))
      return error_set(error, DROVER_ERROR_INPUT, "matcher \"%s\": expected the number of a group for \"%s\"", matcher->owner, fields[i]);
    if (pattern->groups[i] < -1 || pattern->groups[i] > (int)MIN(groups, MATCHER_GROUPS_MAX - 1))
      return error_set(error, DROVER_ERROR_INPUT, "matcher \"%s\": \"%s\" names a group that its pattern does not have; it has %u", matcher->owner,
                       fields[i], groups);
  }
  pattern->loop = json_is_true(json_object_get(json, "loop"));
  return true;
}

/* ---- a matcher ---- */

static bool check_patterns(const Matcher *matcher, GError **error) {
  bool told[MATCH_FIELDS] = {false};
  for (guint n = 0; n < matcher->patterns->len; n++) {
    const MatcherPattern *pattern = &g_array_index(matcher->patterns, MatcherPattern, n);
    if (pattern->loop && (n == 0 || n + 1 < matcher->patterns->len || pattern->groups[MATCH_MESSAGE] < 0))
      return error_set(error, DROVER_ERROR_INPUT, "matcher \"%s\": only the last of several patterns may loop, and it has to tell the message",
                       matcher->owner);
    for (size_t i = 0; i < MATCH_FIELDS; i++) {
      if (told[i] && pattern->groups[i] >= 0)
        return error_set(error, DROVER_ERROR_INPUT, "matcher \"%s\": two patterns tell \"%s\"; one may", matcher->owner, fields[i]);
      told[i] |= pattern->groups[i] >= 0;
    }
  }
  if (!told[MATCH_MESSAGE])
    return error_set(error, DROVER_ERROR_INPUT, "matcher \"%s\": no pattern tells \"message\"", matcher->owner);
  return true;
}

static bool read_patterns(const json_t *list, Matcher *matcher, GError **error) {
  if (json_array_size(list) == 0 || json_array_size(list) > PATTERNS_MAX)
    return error_set(error, DROVER_ERROR_INPUT, "matcher \"%s\": expected a list \"pattern\" of 1 to %d patterns", matcher->owner, PATTERNS_MAX);
  for (size_t i = 0; i < json_array_size(list); i++) {
    MatcherPattern pattern = {0};
    bool good = read_pattern(json_array_get(list, i), matcher, &pattern, error);
    g_array_append_val(matcher->patterns, pattern);
    if (!good)
      return false;
  }
  return check_patterns(matcher, error);
}

static bool is_severity(const char *text) {
  static const char *const known[] = {"", "error", "warning", "notice"};
  for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
    if (g_ascii_strcasecmp(text, known[i]) == 0)
      return true;
  return false;
}

static bool fill_matcher(const json_t *json, Matcher *matcher, GError **error) {
  matcher->severity = g_strdup(text_of(json, "severity"));
  matcher->from_path = g_strdup(text_of(json, "fromPath"));
  if (!is_severity(matcher->severity))
    return error_set(error, DROVER_ERROR_INPUT, "matcher \"%s\": the severity \"%.50s\" is none of error, warning, notice", matcher->owner,
                     matcher->severity);
  return read_patterns(json_object_get(json, "pattern"), matcher, error);
}

static bool has_owner(const GPtrArray *matchers, const char *owner) {
  for (guint i = 0; i < matchers->len; i++)
    if (g_ascii_strcasecmp(((const Matcher *)g_ptr_array_index(matchers, i))->owner, owner) == 0)
      return true;
  return false;
}

static bool read_list(const json_t *list, bool names_only, GPtrArray *matchers, GError **error) {
  if (json_array_size(list) > MATCHERS_MAX)
    return error_set(error, DROVER_ERROR_INPUT, "the file has more than %d problem matchers", MATCHERS_MAX);
  for (size_t i = 0; i < json_array_size(list); i++) {
    const json_t *json = json_array_get(list, i);
    const char *owner = text_of(json, "owner");
    if (*owner == '\0')
      return error_set(error, DROVER_ERROR_INPUT, "problem matcher %zu has no owner", i + 1);
    if (has_owner(matchers, owner))
      return error_set(error, DROVER_ERROR_INPUT, "two problem matchers have the owner \"%s\"", owner);
    Matcher *matcher = matcher_new(owner);
    g_ptr_array_add(matchers, matcher);
    if (!names_only && !fill_matcher(json, matcher, error))
      return false;
  }
  return true;
}

GPtrArray *matcher_file_read(const char *json, size_t size, bool names_only, GError **error) {
  static const char mark[] = "\xef\xbb\xbf";
  if (size >= 3 && memcmp(json, mark, 3) == 0)
    json += 3, size -= 3;
  json_error_t where;
  json_auto_t *root = size <= FILE_MAX_BYTES ? json_loadb(json, size, 0, &where) : NULL;
  if (size > FILE_MAX_BYTES)
    error_set(error, DROVER_ERROR_INPUT, "the file is larger than %zu bytes", FILE_MAX_BYTES);
  else if (root == NULL)
    error_set(error, DROVER_ERROR_INPUT, "line %d is no JSON: %s", where.line, where.text);
  else if (!json_is_object(root))
    error_set(error, DROVER_ERROR_INPUT, "expected an object with a list \"problemMatcher\"");
  g_autoptr(GPtrArray) matchers = g_ptr_array_new_with_free_func(matcher_unref);
  if (!json_is_object(root) || !read_list(json_object_get(root, "problemMatcher"), names_only, matchers, error))
    return NULL;
  return g_steal_pointer(&matchers);
}
