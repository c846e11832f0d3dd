#include "base/image_reference.h"

#include "base/error.h"

#include <string.h>

#define NAME_MAX_BYTES 255
#define TAG_MAX_BYTES 128
#define DIGEST_MAX_BYTES 255

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* Skips `\.|_|__|-+` and returns how many bytes it was: 0 when there is no separator. */
static size_t separator_length(const char *text) {
  if (*text == '.')
    return 1;
  if (*text == '_')
    return text[1] == '_' ? 2 : 1;
  return strspn(text, "-");
}

/* `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`: returns what follows it, or NULL. */
static const char *skip_component(const char *text) {
  for (;;) {
    size_t run = strspn(text, LOWER DIGITS);
    if (run == 0)
      return NULL;
    text += run;
    size_t separator = separator_length(text);
    if (separator == 0)
      return text;
    text += separator;
  }
}

bool image_is_repository(const char *text) {
  if (text == NULL || strnlen(text, NAME_MAX_BYTES + 1) > NAME_MAX_BYTES)
    return false;
  const char *rest = skip_component(text);
  while (rest != NULL && *rest == '/')
    rest = skip_component(rest + 1);
  return rest != NULL && *rest == '\0';
}

bool image_is_tag(const char *text) {
  if (text == NULL || *text == '.' || *text == '-' || *text == '\0')
    return false;
  size_t length = strspn(text, LOWER UPPER DIGITS "._-");
  return length <= TAG_MAX_BYTES && text[length] == '\0';
}

bool image_is_digest(const char *text) {
  if (text == NULL || strnlen(text, DIGEST_MAX_BYTES + 1) > DIGEST_MAX_BYTES)
    return false;
  for (;;) {
    size_t run = strspn(text, LOWER DIGITS);
    if (run == 0)
      return false;
    text += run;
    if (*text == ':')
      break;
    if (*text == '\0' || strchr("+._-", *text) == NULL)
      return false;
    text++;
  }
  size_t encoded = strspn(++text, LOWER UPPER DIGITS "=_-");
  return encoded > 0 && text[encoded] == '\0';
}

/* ---- references ---------------------------------------------------------------------------------------------------------- */

#define HEXADECIMAL DIGITS "abcdef"

/* The digests whose length is known. */
static const struct {
  const char *algorithm;
  size_t digits;
} algorithms[] = {{"sha256:", 64}, {"sha512:", 128}};

static bool is_whole_digest(const char *text) {
  for (size_t i = 0; i < G_N_ELEMENTS(algorithms); i++)
    if (g_str_has_prefix(text, algorithms[i].algorithm)) {
      const char *encoded = text + strlen(algorithms[i].algorithm);
      return strlen(encoded) == algorithms[i].digits && strspn(encoded, HEXADECIMAL) == algorithms[i].digits;
    }
  return image_is_digest(text);
}

/* Whether the first component of a name is where the image lies and no part of its name. */
static bool names_host(const char *text, size_t length) {
  g_autofree char *first = g_strndup(text, length);
  return strpbrk(first, ".:" UPPER) != NULL || strcmp(first, "localhost") == 0;
}

/* Labels of letters, digits and inner dashes with dots between, or an IPv6 address in brackets; perhaps a port. */
static bool is_host(const char *text) {
  size_t length = 0;
  if (*text == '[') {
    length = 1 + strspn(text + 1, HEXADECIMAL "ABCDEF:");
    if (length == 1 || text[length++] != ']')
      return false;
  } else {
    length = strspn(text, LOWER UPPER DIGITS ".-");
    for (size_t i = 0; i < length; i++)
      if (!g_ascii_isalnum(text[i]) && (i == 0 || i + 1 == length || text[i - 1] == '.' || (text[i] == '.' && text[i - 1] == '-')))
        return false;
  }
  if (length == 0 || text[length] == '\0')
    return length > 0;
  size_t port = strspn(text + length + 1, DIGITS);
  return text[length] == ':' && port > 0 && text[length + 1 + port] == '\0';
}

TextPart text_part(const char *text, size_t start, size_t end) {
  return (TextPart){.text = g_strndup(text + start, end - start), .offset = start};
}

void image_reference_clear(ImageReference *image) {
  g_free(image->host.text);
  g_free(image->repository.text);
  g_free(image->tag.text);
  g_free(image->digest.text);
  *image = (ImageReference){0};
}

/* Takes the parts of a reference off its end and its start; nothing is judged. */
static ImageReference split(const char *text) {
  ImageReference image = {0};
  size_t start = 0;
  size_t end = strcspn(text, "@");
  if (text[end] == '@')
    image.digest = text_part(text, end + 1, strlen(text));
  const char *slash = memrchr(text, '/', end);
  const char *last = slash != NULL ? slash + 1 : text;
  const char *colon = memchr(last, ':', end - (size_t)(last - text));
  if (colon != NULL) {
    image.tag = text_part(text, (size_t)(colon - text) + 1, end);
    end = (size_t)(colon - text);
  }
  const char *first = memchr(text, '/', end);
  if (first != NULL && names_host(text, (size_t)(first - text))) {
    image.host = text_part(text, 0, (size_t)(first - text));
    start = (size_t)(first - text) + 1;
  }
  image.repository = text_part(text, start, end);
  return image;
}

bool image_reference_parse(const char *text, ImageReference *image, size_t *offset, GError **error) {
  ImageReference read = split(text);
  const struct {
    const TextPart *part;
    bool (*judge)(const char *text);
    const char *expected;
  } rows[] = {
    {&read.host, is_host, "a registry's host, as \"ghcr.io\" or \"localhost:5000\""},
    {&read.repository, image_is_repository, "an image's name in lower case, as \"alpine\" or \"owner/image\""},
    {&read.tag, image_is_tag, "a tag behind \":\", of letters, digits, \".\", \"_\" and \"-\""},
    {&read.digest, is_whole_digest, "a digest behind \"@\", as \"sha256:\" and 64 hexadecimal digits in lower case"},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (rows[i].part->text != NULL && !rows[i].judge(rows[i].part->text)) {
      if (offset != NULL)
        *offset = rows[i].part->offset;
      g_autofree char *shown = g_strescape(rows[i].part->text, NULL);
      error_set(error, DROVER_ERROR_INPUT, "expected %s, not \"%.80s\"", rows[i].expected, shown);
      image_reference_clear(&read);
      return false;
    }
  *image = read;
  return true;
}
