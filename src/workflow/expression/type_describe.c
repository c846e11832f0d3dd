#include "workflow/expression/type_internal.h"

#include <string.h>

#define MAX_BYTES 160
#define MAX_DEPTH 3
#define MAX_NAME_BYTES 64

static void describe(GString *text, const Type *type, unsigned depth);

typedef struct {
  GString *text;
  const Type *object;
  unsigned depth;
  bool more; /* a property was written already */
} Members;

bool type_is_plain_name(const char *name) {
  size_t length = strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-");
  return length > 0 && length <= MAX_NAME_BYTES && name[length] == '\0';
}

void type_append_name(GString *text, const char *name) {
  g_autofree char *excerpt = type_is_plain_name(name) ? g_strdup(name) : expression_excerpt(name, strlen(name));
  g_string_append(text, excerpt);
}

static bool append_member(const char *name, void *user) {
  Members *members = user;
  g_string_append(members->text, members->more ? "; " : "");
  members->more = true;
  if (members->text->len > MAX_BYTES) {
    g_string_append(members->text, "...");
    return false;
  }
  type_append_name(members->text, name);
  g_string_append(members->text, ": ");
  describe(members->text, type_property(members->object, name, strlen(name)), members->depth + 1);
  return true;
}

static void describe_object(GString *text, const Type *object, unsigned depth) {
  Members members = {.text = text, .object = object, .depth = depth};
  bool open = object->rest != NULL && object->rest->kind == TYPE_ANY;
  if (open || depth >= MAX_DEPTH) {
    g_string_append(text, "object");
    return;
  }
  g_string_append_c(text, '{');
  type_each_name(object, append_member, &members);
  if (object->rest != NULL) {
    g_string_append(text, members.more ? "; string => " : "string => ");
    describe(text, object->rest, depth + 1);
  }
  g_string_append_c(text, '}');
}

static void describe(GString *text, const Type *type, unsigned depth) {
  if (type->kind == TYPE_OBJECT) {
    describe_object(text, type, depth);
    return;
  }
  g_string_append(text, type_kind_name(type));
  if (type->kind != TYPE_ARRAY || depth > MAX_DEPTH)
    return;
  g_string_append_c(text, '<');
  describe(text, type_item(type), depth + 1);
  g_string_append_c(text, '>');
}

char *type_describe(const Type *type) {
  GString *text = g_string_new(NULL);
  describe(text, type, 1);
  return g_string_free(text, FALSE);
}

char *type_describe_briefly(const Type *type) {
  GString *text = g_string_new(NULL);
  describe(text, type, MAX_DEPTH);
  return g_string_free(text, FALSE);
}
