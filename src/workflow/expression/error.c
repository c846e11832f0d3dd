#include "workflow/expression/internal.h"

#define EXCERPT_MAX_BYTES 40

typedef struct {
  size_t offset;
} ExpressionErrorPrivate;

static void expression_error_private_init(ExpressionErrorPrivate *private) {
  private->offset = 0;
}

static void expression_error_private_copy(const ExpressionErrorPrivate *from, ExpressionErrorPrivate *to) {
  to->offset = from->offset;
}

static void expression_error_private_clear(G_GNUC_UNUSED ExpressionErrorPrivate *private) {
}

/* cppcheck-suppress unknownMacro */
G_DEFINE_EXTENDED_ERROR(ExpressionError, expression_error)

size_t expression_error_offset(const GError *error) {
  return error->domain == EXPRESSION_ERROR ? expression_error_get_private(error)->offset : 0;
}

void expression_error_shift(GError *error, size_t by) {
  if (error != NULL && error->domain == EXPRESSION_ERROR)
    expression_error_get_private(error)->offset += by;
}

bool expression_fail(GError **error, ExpressionError code, size_t offset, const char *format, ...) {
  if (error == NULL)
    return false;

  va_list arguments;
  va_start(arguments, format);
  *error = g_error_new_valist(EXPRESSION_ERROR, (int)code, format, arguments);
  va_end(arguments);
  expression_error_get_private(*error)->offset = offset;
  return false;
}

char *expression_excerpt(const char *text, size_t length) {
  GString *excerpt = g_string_new("\"");
  const char *at = text;
  const char *end = text + length;

  while (at < end && at - text < EXCERPT_MAX_BYTES) {
    gunichar c = expression_char_next(&at, end);
    bool shown = c < 0x80 ? !g_ascii_iscntrl((char)c) : g_unichar_validate(c) && g_unichar_isprint(c);
    g_string_append_unichar(excerpt, shown ? c : 0xFFFD);
  }
  g_string_append(excerpt, at < end ? "...\"" : "\"");
  return g_string_free(excerpt, FALSE);
}
