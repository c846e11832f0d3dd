#include "base/facts.h"
#include "lint/rules/used.h"

#include <string.h>

/* Each row of keys begins half a key to the right of the one above. */
static const char *const keyboard[] = {"1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm"};
/* Pairs of characters that look alike. */
static const char *const lookalikes[] = {"1l", "1i", "il", "0o", "5s", "uv", "vy", "-_", "-.", "_."};

static bool find_key(char character, int *row, int *column) {
  for (*row = 0; *row < (int)G_N_ELEMENTS(keyboard); (*row)++) {
    const char *at = strchr(keyboard[*row], character);
    *column = at != NULL ? (int)(at - keyboard[*row]) : 0;
    if (at != NULL)
      return true;
  }
  return false;
}

static bool are_neighbours(char left, char right) {
  int row, column, other_row, other_column;
  if (!find_key(left, &row, &column) || !find_key(right, &other_row, &other_column))
    return false;
  int down = other_row - row, along = other_column - column;
  return down == 0 ? ABS(along) == 1 : (down == 1 && (along == 0 || along == -1)) || (down == -1 && (along == 0 || along == 1));
}

static bool look_alike(char left, char right) {
  for (size_t i = 0; i < G_N_ELEMENTS(lookalikes); i++)
    if ((lookalikes[i][0] == left && lookalikes[i][1] == right) || (lookalikes[i][0] == right && lookalikes[i][1] == left))
      return true;
  return false;
}

/* What two names differ in, between what they share at both ends. */
typedef struct {
  const char *wanted, *typed;
  size_t wanted_length, typed_length;
} Difference;

static Difference compare(const char *wanted, const char *typed) {
  size_t front = 0, back = 0, left = strlen(wanted), right = strlen(typed);
  while (front < MIN(left, right) && wanted[front] == typed[front])
    front++;
  while (back < MIN(left, right) - front && wanted[left - back - 1] == typed[right - back - 1])
    back++;
  return (Difference){wanted + front, typed + front, left - front - back, right - front - back};
}

static bool is_typed(const Difference *difference, const char *wanted, const char *typed) {
  return difference->wanted_length == strlen(wanted) && difference->typed_length == strlen(typed) &&
         memcmp(difference->wanted, wanted, strlen(wanted)) == 0 && memcmp(difference->typed, typed, strlen(typed)) == 0;
}

/* How `typed` comes to stand for `wanted`, as words; NULL: it does not. */
static const char *explain(const char *wanted, const char *typed) {
  Difference between = compare(wanted, typed);
  size_t lost = between.wanted_length, got = between.typed_length;
  if (lost == 1 && got == 0)
    return "lacks a character of";
  if (lost == 0 && got == 1 && between.typed > typed && between.typed[0] == between.typed[-1])
    return "repeats a character of";
  if (lost == 0 && got == 1 && strchr("-.", between.typed[0]) != NULL)
    return "has one more sign than";
  if (lost == 2 && got == 2 && between.wanted[0] == between.typed[1] && between.wanted[1] == between.typed[0])
    return "swaps two characters of";
  if (lost == 1 && got == 1 && (are_neighbours(*between.wanted, *between.typed) || look_alike(*between.wanted, *between.typed)))
    return "is one slip away from";
  if (is_typed(&between, "m", "rn") || is_typed(&between, "rn", "m") || is_typed(&between, "w", "vv") || is_typed(&between, "vv", "w"))
    return "looks like";
  return NULL;
}

/* ---- words in another order ---- */

static int by_text(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* "checkout/actions" and "actions/checkout" give the same; transfer full. */
static char *sort_words(const char *name) {
  g_auto(GStrv) words = g_strsplit_set(name, "-_/", -1);
  qsort(words, g_strv_length(words), sizeof(char *), by_text);
  return g_strjoinv("/", words);
}

/* The same for names with the same characters; cheap. */
static unsigned sum_characters(const char *name) {
  unsigned sum = 0;
  for (; *name != '\0'; name++)
    sum += strchr("-_/", *name) != NULL ? 0 : (unsigned char)*name;
  return sum;
}

static bool has_same_words(const char *wanted, const char *typed) {
  if (sum_characters(wanted) != sum_characters(typed))
    return false;
  g_autofree char *left = sort_words(wanted), *right = sort_words(typed);
  return strcmp(left, right) == 0;
}

/* ---- the rule ---- */

/* Whoever owns the name that is meant also owns this one. */
static bool has_same_owner(const char *left, const char *right) {
  size_t length = strcspn(left, "/");
  return length == strcspn(right, "/") && strncmp(left, right, length) == 0;
}

static void report_squat(const Used *used, const char *typed, const char *how, const char *wanted) {
  Mirror *mirror = lint_repository_mirror(used->file->repository);
  LintReport report = used_report_repository(used);
  if (mirror != NULL && mirror_has(mirror, used->uses->owner.text, used->uses->repo.text))
    report.confidence = CONFIDENCE_HIGH;
  report.help = g_strdup_printf("write \"%s\", if that is meant", wanted);
  lint_report(used->file, report, "%s %s %s, and is of another owner", typed, how, wanted);
}

/* One slip changes the length by no more than a character. */
static const char *judge(const char *wanted, const char *typed, size_t length) {
  size_t wanted_length = strlen(wanted);
  if (MAX(wanted_length, length) - MIN(wanted_length, length) > 1 || has_same_owner(wanted, typed))
    return NULL;
  const char *how = explain(wanted, typed);
  return how == NULL && wanted_length == length && has_same_words(wanted, typed) ? "has the words of" : how;
}

static void check(const Used *used) {
  g_autofree char *typed = used_key(used->uses, false);
  size_t length = strlen(typed);
  if (facts_find(FACTS_KNOWN_ACTIONS, typed) != NULL)
    return;
  for (const char *const *wanted = facts_keys(FACTS_KNOWN_ACTIONS); *wanted != NULL; wanted++) {
    const char *how = judge(*wanted, typed, length);
    if (how == NULL)
      continue;
    report_squat(used, typed, how, *wanted);
    return;
  }
}

static void check_file(LintFile *file) {
  used_each(file, check);
}

const Rule rule_typosquat_uses = {
  .id = "typosquat-uses",
  .family = FAMILY_SECURITY,
  .summary = "a name that is easily taken for that of a well-known action",
  .severity = SEVERITY_HIGH,
  .confidence = CONFIDENCE_LOW,
  .file = check_file,
};
