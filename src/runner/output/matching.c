#include "runner/output/matching.h"

#define LINE_MAX_BYTES ((size_t)16 << 10)
#define STEPS_MAX ((size_t)20000000) /* of one pattern on one line: a second at the very most */
#define SLOW_LINES_MAX 3             /* after so many a matcher is dropped */
#define HEAP_MAX_KIB 8192
#define JIT_STACK_BYTES ((size_t)32 << 10)
#define JIT_STACK_MAX_BYTES ((size_t)512 << 10)

/* Where a matcher stands: what its patterns but the last told, each with those before it, while they match line after line. */
typedef struct {
  Matcher *matcher;
  Match *told;
  bool *stands;
  unsigned slow_lines;
} Run;

struct Matching {
  Matchers *matchers;
  int version;
  GPtrArray *runs; /* Run, in the order of the list */
  pcre2_match_context *limits;
  pcre2_jit_stack *stack;
  pcre2_match_data *data;
};

void match_clear(Match *match) {
  for (size_t i = 0; i < MATCH_FIELDS; i++)
    g_clear_pointer(&match->texts[i], g_free);
}

static void forget(Run *run, guint pattern) {
  match_clear(&run->told[pattern]);
  run->stands[pattern] = false;
}

static void forget_all(Run *run) {
  for (guint i = 0; i < run->matcher->patterns->len; i++)
    forget(run, i);
}

static void run_free(void *data) {
  Run *run = data;
  forget_all(run);
  matcher_unref(run->matcher);
  g_free(run->told);
  g_free(run->stands);
  g_free(run);
}

static Run *run_new(Matcher *matcher) {
  Run *run = g_new0(Run, 1);
  run->matcher = matcher_ref(matcher);
  run->told = g_new0(Match, matcher->patterns->len);
  run->stands = g_new0(bool, matcher->patterns->len);
  return run;
}

Matching *matching_new(Matchers *matchers) {
  Matching *matching = g_new0(Matching, 1);
  matching->matchers = matchers;
  matching->version = matchers_version(matchers) - 1;
  matching->runs = g_ptr_array_new_with_free_func(run_free);
  matching->data = pcre2_match_data_create(MATCHER_GROUPS_MAX, NULL);
  matching->stack = pcre2_jit_stack_create(JIT_STACK_BYTES, JIT_STACK_MAX_BYTES, NULL);
  matching->limits = pcre2_match_context_create(NULL);
  pcre2_jit_stack_assign(matching->limits, NULL, matching->stack);
  pcre2_set_heap_limit(matching->limits, HEAP_MAX_KIB);
  return matching;
}

void matching_free(Matching *matching) {
  g_ptr_array_unref(matching->runs);
  pcre2_match_context_free(matching->limits);
  pcre2_jit_stack_free(matching->stack);
  pcre2_match_data_free(matching->data);
  g_free(matching);
}

/* The run of a matcher, taken out of `runs`; a new one when it has none. */
static Run *take_run(GPtrArray *runs, Matcher *matcher) {
  for (guint i = 0; i < runs->len; i++)
    if (((const Run *)g_ptr_array_index(runs, i))->matcher == matcher)
      return g_ptr_array_steal_index(runs, i);
  return run_new(matcher);
}

/* Takes over what changed in the matchers in force; those that stay keep their state. */
static void follow(Matching *matching) {
  int version = matchers_version(matching->matchers);
  if (version == matching->version)
    return;
  g_autoptr(GPtrArray) list = matchers_list(matching->matchers), old = matching->runs;
  matching->version = version;
  matching->runs = g_ptr_array_new_with_free_func(run_free);
  for (guint i = 0; i < list->len; i++)
    g_ptr_array_add(matching->runs, take_run(old, g_ptr_array_index(list, i)));
}

/* Adds what a pattern tells of a line to what those before it told. */
static void tell(const MatcherPattern *pattern, const char *line, pcre2_match_data *data, Match *match) {
  const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);
  for (size_t i = 0; i < MATCH_FIELDS; i++) {
    if (pattern->groups[i] < 0)
      continue;
    PCRE2_SIZE start = ends[2 * pattern->groups[i]], end = ends[2 * pattern->groups[i] + 1];
    g_free(match->texts[i]);
    match->texts[i] = start == PCRE2_UNSET || start > end ? g_strdup("") : g_strndup(line + start, end - start);
  }
}

static void copy_match(const Match *from, Match *to) {
  for (size_t i = 0; i < MATCH_FIELDS; i++)
    to->texts[i] = g_strdup(from->texts[i]);
}

/* Where no pattern told them. */
static void add_defaults(const Matcher *matcher, Match *match) {
  const struct {
    MatchField field;
    const char *value;
  } rows[] = {{MATCH_SEVERITY, matcher->severity}, {MATCH_FROM_PATH, matcher->from_path}};
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    char **text = &match->texts[rows[i].field];
    if (*rows[i].value != '\0' && (*text == NULL || **text == '\0')) {
      g_free(*text);
      *text = g_strdup(rows[i].value);
    }
  }
}

/* A line on pattern `n` of a run, whose patterns before it matched the lines before. True when the matcher found something. */
static bool advance(Run *run, guint n, bool matches, const char *line, pcre2_match_data *data, Match *match) {
  const MatcherPattern *pattern = &g_array_index(run->matcher->patterns, MatcherPattern, n);
  bool last = n + 1 == run->matcher->patterns->len;
  if (!matches) {
    if (!last)
      forget(run, n);
    else if (n > 0)
      forget(run, n - 1);
    return false;
  }
  g_auto(Match) told = {0};
  if (n > 0)
    copy_match(&run->told[n - 1], &told);
  tell(pattern, line, data, &told);
  if (!last) {
    match_clear(&run->told[n]);
    run->told[n] = told;
    run->stands[n] = true;
  } else {
    for (guint i = 0; i + 1 < n + (pattern->loop ? 0 : 1); i++)
      forget(run, i);
    add_defaults(run->matcher, &told);
    *match = told;
  }
  told = (Match){0};
  return last;
}

/* PCRE2 counts the steps anew from each place where a match may begin. */
static int match_pattern(const Matching *matching, const MatcherPattern *pattern, const char *line, size_t length) {
  pcre2_set_match_limit(matching->limits, (uint32_t)(STEPS_MAX / (pattern->anchored ? 1 : length + 1)));
  return pcre2_match(pattern->code, (PCRE2_SPTR)line, length, 0, 0, matching->data, matching->limits);
}

/* The last pattern first, so that a line is the next of what stands before it is the first of something new. */
static MatchingResult try_run(const Matching *matching, Run *run, const char *line, size_t length, Match *match) {
  for (guint i = run->matcher->patterns->len; i > 0; i--) {
    guint n = i - 1;
    if (n > 0 && !run->stands[n - 1])
      continue;
    const MatcherPattern *pattern = &g_array_index(run->matcher->patterns, MatcherPattern, n);
    int found = match_pattern(matching, pattern, line, length);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH)
      return MATCHING_TOO_SLOW;
    if (advance(run, n, found >= 0, line, matching->data, match))
      return MATCHING_FOUND;
  }
  return MATCHING_NONE;
}

static void forget_others(const Matching *matching, const Run *run) {
  for (guint i = 0; i < matching->runs->len; i++)
    if (g_ptr_array_index(matching->runs, i) != run)
      forget_all(g_ptr_array_index(matching->runs, i));
}

MatchingResult matching_try(Matching *matching, const char *line, size_t length, size_t *at, Match *match, char **owner) {
  if (*at == 0)
    follow(matching);
  while (length <= LINE_MAX_BYTES && *at < matching->runs->len) {
    Run *run = g_ptr_array_index(matching->runs, (*at)++);
    MatchingResult result = run->slow_lines < SLOW_LINES_MAX ? try_run(matching, run, line, length, match) : MATCHING_NONE;
    if (result == MATCHING_FOUND) {
      forget_others(matching, run);
      return result;
    }
    if (result == MATCHING_TOO_SLOW && ++run->slow_lines == SLOW_LINES_MAX) {
      *owner = g_strdup(run->matcher->owner);
      return result;
    }
  }
  return MATCHING_NONE;
}
