#include "lint/filter_pattern.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define FAULTS_MAX 10

typedef struct {
  const char *pattern;
  size_t at; /* the byte that is read next */
  bool is_ref;
  bool repeatable; /* the last thing that was read is a character or a set */
  guint faults;
  FilterPatternFunc report;
  void *user;
} Reader;

static void fault(Reader *reader, size_t start, size_t end, const char *why) {
  if (reader->faults++ < FAULTS_MAX)
    reader->report(start, end, why, reader->user);
}

static size_t width(const char *character) {
  return *character == '\0' ? 0 : (size_t)(g_utf8_next_char(character) - character);
}

/* ---- sets ---- */

/* One character of a set, or a range; moves behind it. Returns how many characters it stands for, at least. */
static guint read_set_item(Reader *reader) {
  const char *from = reader->pattern + reader->at, *dash = from + width(from);
  reader->at += width(from);
  if (*dash != '-')
    return 1;
  const char *to = dash + 1;
  reader->at += 1 + (*to == ']' ? 0 : width(to));
  size_t start = (size_t)(from - reader->pattern);
  if (*to == ']')
    fault(reader, start, reader->at, "the range has no end");
  else if (*to != '\0' && g_utf8_get_char(from) > g_utf8_get_char(to))
    fault(reader, start, reader->at, "the range runs backwards: the lower character comes first");
  return 2;
}

static void read_set(Reader *reader) {
  size_t start = reader->at++;
  guint count = 0;
  while (reader->pattern[reader->at] != ']' && reader->pattern[reader->at] != '\0')
    count += read_set_item(reader);
  bool closed = reader->pattern[reader->at] == ']';
  reader->at += closed;
  if (!closed)
    fault(reader, start, reader->at, "the [ is never closed");
  else if (count == 0)
    fault(reader, start, reader->at, "nothing stands in the [ ]");
  else if (count == 1)
    fault(reader, start, reader->at, "one character in [ ] is that character: leave the [ ] out");
  reader->repeatable = true;
}

/* ---- the others ---- */

static void read_escape(Reader *reader) {
  const char *next = reader->pattern + reader->at + 1;
  bool is_special = *next != '\0' && strchr("[?*+\\!", *next) != NULL;
  size_t end = reader->at + 1 + (is_special || reader->is_ref ? width(next) : 0);
  if (reader->is_ref && !is_special)
    fault(reader, reader->at, end, "a backslash stands only before [ ] ? * + \\ and !: this is no regular expression");
  else if (reader->is_ref && strchr("[?*\\", *next) != NULL)
    fault(reader, reader->at, end, "git has no such character in the name of a branch or tag");
  reader->at = end;
  reader->repeatable = true;
}

static void read_repeat(Reader *reader) {
  if (!reader->repeatable)
    fault(reader, reader->at, reader->at + 1, "? and + repeat the character before them, and there is none");
  reader->at++;
  reader->repeatable = false;
}

/* Pairs that git has in no name. */
static const struct {
  char pair[3];
  const char *why;
} no_pairs[] = {
  {"..", "git has no .. in the name of a branch or tag"},
  {"//", "git has no // in the name of a branch or tag"},
  {"/.", "git has no name of a branch or tag with a part that starts with a dot"},
  {"@{", "git has no @{ in the name of a branch or tag"},
};

static void check_ref_character(Reader *reader) {
  const char *here = reader->pattern + reader->at;
  if ((unsigned char)*here <= ' ' || *here == '\x7f' || strchr("~^:", *here) != NULL)
    fault(reader, reader->at, reader->at + 1, "git has no blanks, ~, ^ and : in the name of a branch or tag");
  else if (*here == '/' && reader->at == 0)
    fault(reader, 0, 1, "the name of a branch or tag starts with no /");
  else if (here[1] == '\0' && (*here == '/' || *here == '.'))
    fault(reader, reader->at, reader->at + 1, "the name of a branch or tag ends with no / and no dot");
  for (size_t i = 0; i < G_N_ELEMENTS(no_pairs); i++)
    if (strncmp(here, no_pairs[i].pair, 2) == 0)
      fault(reader, reader->at, reader->at + 2, no_pairs[i].why);
}

static void read_character(Reader *reader) {
  const char *here = reader->pattern + reader->at;
  if (*here == '\n' || *here == '\r')
    fault(reader, reader->at, reader->at + 1, "no name has a line break");
  else if (reader->is_ref)
    check_ref_character(reader);
  reader->at += width(here);
  reader->repeatable = true;
}

static void read_next(Reader *reader) {
  char next = reader->pattern[reader->at];
  if (next == '[')
    read_set(reader);
  else if (next == '\\')
    read_escape(reader);
  else if (next == '?' || next == '+')
    read_repeat(reader);
  else if (next == '*') {
    reader->at++;
    reader->repeatable = false;
  } else
    read_character(reader);
}

/* What keeps a whole path from ever fitting, so that nothing else of it matters. */
static const char *path_fault(const char *pattern) {
  size_t length = strlen(pattern);
  if (g_ascii_isspace(pattern[0]) || g_ascii_isspace(pattern[length - 1]))
    return "a path neither starts nor ends with a blank or a line break";
  const char *path = pattern + (pattern[0] == '!');
  size_t dots = strspn(path, ".");
  bool is_relative = (dots == 1 || dots == 2) && (path[dots] == '\0' || path[dots] == '/');
  return is_relative ? "a path starts at the repository's top, without . and .." : NULL;
}

void filter_pattern_check(const char *pattern, FilterPatternKind kind, FilterPatternFunc report, void *user) {
  Reader reader = {.pattern = pattern, .is_ref = kind == PATTERN_REF, .report = report, .user = user};
  const char *why = kind == PATTERN_PATH && *pattern != '\0' ? path_fault(pattern) : NULL;
  if (why != NULL) {
    fault(&reader, 0, strlen(pattern), why);
    return;
  }
  if (pattern[0] == '!' && pattern[1] == '\0')
    fault(&reader, 0, 1, "nothing stands behind the !");
  reader.at = pattern[0] == '!';
  while (pattern[reader.at] != '\0')
    read_next(&reader);
}
