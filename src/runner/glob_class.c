#include "runner/glob_class.h"

#include <string.h>

typedef struct {
  gunichar2 from, to;
} Range;

struct GlobClass {
  bool negated;
  GArray *ranges; /* Range */
  unsigned named; /* a bit for each row of `names` */
};

/* ---- named sets ---- */

#define TYPE(name) (1u << G_UNICODE_##name)
#define LETTERS                                                                                                                                      \
  (TYPE(LOWERCASE_LETTER) | TYPE(UPPERCASE_LETTER) | TYPE(TITLECASE_LETTER) | TYPE(MODIFIER_LETTER) | TYPE(OTHER_LETTER) | TYPE(LETTER_NUMBER))
#define SEPARATORS (TYPE(SPACE_SEPARATOR) | TYPE(LINE_SEPARATOR) | TYPE(PARAGRAPH_SEPARATOR))
#define OTHERS (TYPE(CONTROL) | TYPE(FORMAT) | TYPE(UNASSIGNED) | TYPE(PRIVATE_USE) | TYPE(SURROGATE))
#define PUNCTUATION                                                                                                                                  \
  (TYPE(CONNECT_PUNCTUATION) | TYPE(DASH_PUNCTUATION) | TYPE(CLOSE_PUNCTUATION) | TYPE(FINAL_PUNCTUATION) | TYPE(INITIAL_PUNCTUATION) |              \
   TYPE(OTHER_PUNCTUATION) | TYPE(OPEN_PUNCTUATION))

static const struct {
  const char *name;
  unsigned types;    /* bits of GUnicodeType */
  const char *pairs; /* first and last letters of ranges */
} names[] = {
  {"[:alnum:]", LETTERS | TYPE(DECIMAL_NUMBER), ""},
  {"[:alpha:]", LETTERS, ""},
  {"[:ascii:]", 0, "\x01\x7f"},
  {"[:blank:]", TYPE(SPACE_SEPARATOR), "\t\t"},
  {"[:cntrl:]", TYPE(CONTROL), ""},
  {"[:digit:]", TYPE(DECIMAL_NUMBER), ""},
  {"[:graph:]", ~(SEPARATORS | OTHERS), ""},
  {"[:lower:]", TYPE(LOWERCASE_LETTER), ""},
  {"[:print:]", ~OTHERS, ""},
  {"[:punct:]", PUNCTUATION, ""},
  {"[:space:]", SEPARATORS, "\t\r"},
  {"[:upper:]", TYPE(UPPERCASE_LETTER), ""},
  {"[:word:]", LETTERS | TYPE(DECIMAL_NUMBER) | TYPE(CONNECT_PUNCTUATION), ""},
  {"[:xdigit:]", 0, "09AFaf"},
};

static bool is_in_named(size_t row, gunichar2 unit) {
  bool in = (names[row].types >> g_unichar_type(unit) & 1) != 0;
  for (const char *pair = names[row].pairs; *pair != '\0' && !in; pair += 2)
    in = unit >= pair[0] && unit <= pair[1];
  return in;
}

/* The row of the name that stands at `text`, or -1. */
static int find_name(const gunichar2 *text, size_t length) {
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
    size_t n = 0, wanted = strlen(names[i].name);
    while (n < wanted && n < length && text[n] == (unsigned char)names[i].name[n])
      n++;
    if (n == wanted)
      return (int)i;
  }
  return -1;
}

/* ---- reading ---- */

typedef struct {
  const gunichar2 *text;
  size_t length;
  size_t at;
  bool closed;
  bool hopeless; /* a range that ends in a named set: nothing matches */
} Reader;

static gunichar2 peek(const Reader *reader, size_t ahead) {
  return reader->at + ahead < reader->length ? reader->text[reader->at + ahead] : 0;
}

static void add(GlobClass *class, gunichar2 from, gunichar2 to) {
  Range range = {from, to};
  if (from <= to)
    g_array_append_val(class->ranges, range);
}

/* A letter, or the first of "a-z"; "a-]" is two letters. */
static void read_letter(Reader *reader, GlobClass *class, gunichar2 *start) {
  gunichar2 letter = peek(reader, 0);
  if (*start != 0) {
    add(class, *start, letter);
    *start = 0;
  } else if (peek(reader, 1) == '-' && peek(reader, 2) == ']') {
    add(class, letter, letter);
    add(class, '-', '-');
    reader->at++;
  } else if (peek(reader, 1) == '-') {
    *start = letter;
    reader->at++;
  } else {
    add(class, letter, letter);
  }
  reader->at++;
}

static void read_items(Reader *reader, GlobClass *class) {
  gunichar2 start = 0;
  bool escaped = false;
  for (bool first = true; reader->at < reader->length && !reader->hopeless; first = false) {
    gunichar2 letter = peek(reader, 0);
    if (letter == ']' && !first && !escaped) {
      reader->closed = true;
      reader->at++;
      return;
    }
    if (letter == '\\' && !escaped) {
      escaped = true;
      reader->at++;
      continue;
    }
    int name = letter == '[' && !escaped ? find_name(reader->text + reader->at, reader->length - reader->at) : -1;
    escaped = false;
    if (name < 0) {
      read_letter(reader, class, &start);
    } else {
      reader->hopeless = start != 0;
      class->named |= 1u << name;
      reader->at += strlen(names[name].name);
    }
  }
}

GlobClass *glob_class_parse(const gunichar2 *text, size_t length, size_t *used) {
  GlobClass *class = g_new0(GlobClass, 1);
  class->ranges = g_array_new(FALSE, FALSE, sizeof(Range));
  Reader reader = {.text = text, .length = length, .at = 1};
  class->negated = peek(&reader, 0) == '!' || peek(&reader, 0) == '^';
  reader.at += class->negated;
  read_items(&reader, class);
  bool hopeless = reader.hopeless || (reader.closed && class->ranges->len == 0 && class->named == 0);
  *used = hopeless ? length : reader.closed ? reader.at : 0;
  if (!hopeless && reader.closed)
    return class;
  glob_class_free(class);
  return NULL;
}

void glob_class_free(GlobClass *class) {
  g_array_unref(class->ranges);
  g_free(class);
}

bool glob_class_has(const GlobClass *class, gunichar2 unit) {
  bool has = false;
  for (guint i = 0; i < class->ranges->len && !has; i++) {
    const Range *range = &g_array_index(class->ranges, Range, i);
    has = unit >= range->from && unit <= range->to;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(names) && !has; i++)
    has = (class->named >> i & 1) != 0 && is_in_named(i, unit);
  return has != class->negated;
}

gunichar2 glob_class_single(const GlobClass *class) {
  const Range *range = &g_array_index(class->ranges, Range, 0);
  bool single = !class->negated && class->named == 0 && class->ranges->len == 1 && range->from == range->to;
  return single ? range->from : 0;
}
