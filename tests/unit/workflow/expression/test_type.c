/* What types promise on their own: how they merge, what may stand where, and how they read. */
#include "type_workflow.h"

#include <string.h>

/* --- two types, written as expressions --- */

typedef struct {
  const char *claim;
  const char *left;
  const char *right;
  const char *merged;
  bool to_left; /* the right one may stand where the left one is expected */
  bool to_right;
  bool may_equal;
} PairRow;

static const PairRow pair_rows[] = {
  {"any with anything", "inputs.what", "matrix", "any", true, true, true},
  {"the same kind", "1", "2", "number", true, true, true},
  {"string and number", "'x'", "1", "string", true, false, true},
  {"string and bool", "'x'", "true", "string", false, true, true},
  {"number and bool", "1", "true", "any", false, true, true},
  {"null and string", "null", "'x'", "any", false, false, true},
  {"null and null", "null", "null", "null", true, true, true},
  {"bool and object", "true", "matrix", "any", true, false, false},
  {"object and array", "matrix", "list.numbers", "any", false, false, false},

  {"objects of the same table", "matrix.package", "fromJSON('{\"name\":\"x\",\"optional\":true}')", "{name: string; optional: bool}", true, true,
   true},
  {"objects of different tables", "fromJSON('{\"a\":1,\"c\":1}')", "fromJSON('{\"B\":1,\"C\":\"x\"}')", "{a: number; B: number; c: string}", false,
   false, true},
  {"one with fewer properties", "matrix", "fromJSON('{\"OS\":\"x\"}')", "{node: number; os: string; package: {name: string; optional: bool}}", true,
   false, true},
  {"a table and a map", "fromJSON('{\"a\":1}')", "env", "{a: string; string => string}", false, true, true},
  {"a table and an open object", "matrix.package", "strategy", "object", false, true, true},
  {"maps of different types", "env", "job.services", "object", false, false, true},
  {"an object within", "needs.build", "fromJSON('{\"outputs\":{\"x\":1}}')", "{outputs: {sha: string; x: number}; result: string}", false, false,
   true},
  {"an empty object", "steps", "matrix.package", "{name: string; optional: bool}", false, true, true},

  {"arrays of the same", "list.numbers", "fromJSON('[1]')", "array<number>", true, true, true},
  {"arrays of strings and numbers", "fromJSON('[\"x\"]')", "list.numbers", "array<string>", true, false, true},
  {"arrays of different kinds", "list.deep", "list.numbers", "array<any>", false, false, false},
  {"an array of nothing", "fromJSON('[]')", "list.numbers", "array<any>", true, true, true},

  {"lazy objects", "github.event.issue", "github.event.team",
   "{title: string; labels: array<object>; slug: string; parent: {slug: string; parent: object}}", true, true, true},
  {"a lazy object and a table", "github.event.team", "matrix", "object", true, true, true},
  {"lazy arrays", "github.event.commits", "github.event.issue.labels", "array<{id: string; author: object; name: string; default: bool}>", true, true,
   true},
  {"a lazy array and another", "github.event.tree", "list.deep", "array<array<any>>", false, false, false},
  {"lazy arrays that contain themselves", "github.event.tree", "github.event.tree[0]", "array<array<array<array>>>", true, true, true},
};

static void test_pair(const void *data) {
  const PairRow *row = data;
  g_auto(TypeWorkflow) workflow = {0};
  type_workflow_init(&workflow);

  const Type *left = type_workflow_check(&workflow, row->left);
  const Type *right = type_workflow_check(&workflow, row->right);
  g_autofree char *merged = type_describe(type_merge(workflow.source.arena, left, right));
  g_autofree char *turned = type_describe(type_merge(workflow.source.arena, right, left));
  g_assert_cmpstr(workflow.findings->str, ==, "");
  g_assert_cmpstr(merged, ==, row->merged);
  g_assert_cmpuint(strlen(turned), ==, strlen(merged));
  g_assert_true(type_assignable(left, right) == row->to_left);
  g_assert_true(type_assignable(right, left) == row->to_right);
  g_assert_true(type_may_equal(left, right) == row->may_equal);
  g_assert_true(type_may_equal(right, left) == row->may_equal);
  g_assert_true(type_merge(workflow.source.arena, left, left) == left);
}

/* --- one type --- */

typedef struct {
  const char *text;
  bool has_text;
  bool is_ordered;
} KindRow;

static const KindRow kind_rows[] = {
  {"inputs.what", true, true}, {"null", false, false},         {"true", true, false},          {"1", true, true},
  {"'x'", true, true},         {"list.numbers", false, false}, {"github.event", false, false},
};

static void test_kind(const void *data) {
  const KindRow *row = data;
  g_auto(TypeWorkflow) workflow = {0};
  type_workflow_init(&workflow);
  const Type *type = type_workflow_check(&workflow, row->text);
  g_assert_true(type_has_text(type) == row->has_text);
  g_assert_true(type_is_ordered(type) == row->is_ordered);
}

typedef struct {
  const char *name;
  const char *type;
} NotationRow;

static const NotationRow notation_rows[] = {
  {"label", "{name: string; default: bool}"},
  {"tree", "array<array<array<array>>>"},
  {"self", "any"},
  {"lost", "any"},
  {"broken", "any"},
  {"typo", "any"},
  {"number", "any"},
};

static void test_notation(const void *data) {
  const NotationRow *row = data;
  g_auto(TypeWorkflow) workflow = {0};
  type_workflow_init(&workflow);
  const json_t *notation = json_object_get(type_workflow_notations(), row->name);
  g_autofree char *type = type_describe(type_from_notation(&workflow.source, notation));
  g_assert_nonnull(notation);
  g_assert_cmpstr(type, ==, row->type);
}

static void test_unresolved(void) {
  g_autoptr(Arena) arena = arena_new();
  TypeSource source = {.arena = arena};
  json_auto_t *notation = json_pack("{s:s}", "ref", "label");
  g_assert_true(type_from_notation(&source, notation) == &type_any);
  g_assert_true(type_from_notation(&source, NULL) == &type_any);
}

/* --- making objects --- */

static void test_object(void) {
  static const TypeProperty properties[] = {{"b", &type_number}, {"A", &type_string}, {"B", &type_string}, {"c", &type_null}};
  g_autoptr(Arena) arena = arena_new();
  const Type *object = type_object(arena, properties, G_N_ELEMENTS(properties), NULL);
  g_assert_cmpuint(object->count, ==, 3);
  g_assert_true(type_property(object, "B", 1) == &type_string);
  g_assert_true(type_property(object, "a", 1) == &type_string);
  g_assert_null(type_property(object, "", 0));
  g_assert_null(type_property(object, "a\0", 2));
  g_assert_true(type_property(&type_number, "a", 1) == &type_any);
  g_assert_true(type_item(&type_number) == &type_any);
}

static void test_with(void) {
  g_auto(TypeWorkflow) workflow = {0};
  type_workflow_init(&workflow);
  Arena *arena = workflow.source.arena;
  const Type *push = type_from_notation(&workflow.source, json_object_get(type_workflow_notations(), "label"));
  const Type *with = type_with(arena, type_with(arena, push, "inputs", &type_env), "NAME", &type_null);

  g_autofree char *text = type_describe(with);
  g_assert_cmpstr(text, ==, "{inputs: {string => string}; NAME: null; default: bool}");
  g_assert_true(type_property(with, "name", 4) == &type_null);
  g_assert_true(type_property(with, "default", 7) == &type_bool);
  g_assert_true(type_property(type_with(arena, &type_github, "event", push), "EVENT", 5) == push);
  g_assert_cmpuint(type_with(arena, &type_github, "Event", push)->count, ==, type_github.count);
  g_assert_true(type_with(arena, &type_string, "x", push) == &type_string);
}

static bool count_name(const char *name, void *user) {
  g_assert_nonnull(name);
  ++*(unsigned *)user;
  return *(unsigned *)user < 3;
}

static void test_each_name(void) {
  unsigned count = 0;
  type_each_name(&type_github, count_name, &count);
  g_assert_cmpuint(count, ==, 3);
  type_each_name(&type_string, count_name, &count);
  g_assert_cmpuint(count, ==, 3);
}

static void check_found(const Type *type) {
  for (size_t i = 0; i < type->count; i++) {
    const char *name = type->properties[i].name;
    g_assert_true(type_property(type, name, strlen(name)) == type->properties[i].type);
    check_found(type->properties[i].type);
  }
}

static void test_tables(void) {
  static const char *const names[] = {"github", "RUNNER", "job", "strategy", "env", "vars", "secrets"};
  for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
    check_found(type_of_context(names[i]));
  check_found(&type_step);
  check_found(&type_need);
  g_assert_null(type_of_context("steps"));
}

/* --- limits --- */

static json_t *nested(unsigned depth) {
  json_t *value = json_integer(1);
  for (unsigned i = 0; i < depth; i++)
    value = json_pack("{s:[o]}", "a", value);
  return value;
}

static void test_deep(void) {
  g_autoptr(Arena) arena = arena_new();
  json_auto_t *value = nested(900);
  const Type *type = type_of_json(arena, value);
  g_autofree char *text = type_describe(type_merge(arena, type, type_of_json(arena, value)));
  g_assert_cmpstr(text, ==, "{a: array<object>}");
  g_assert_true(type_assignable(type, type_of_json(arena, value)));
  unsigned depth = 0;
  for (; type->kind == TYPE_OBJECT; depth++)
    type = type_item(type_property(type, "a", 1));
  g_assert_cmpuint(depth, ==, EXPRESSION_MAX_JSON_DEPTH / 2);
}

static const Type *object_of(Arena *arena, unsigned first, unsigned count) {
  g_autofree TypeProperty *properties = g_new(TypeProperty, count);
  for (unsigned i = 0; i < count; i++) {
    g_autofree char *name = g_strdup_printf("name-%05u", first + i);
    properties[i] = (TypeProperty){arena_strdup(arena, name), &type_string};
  }
  return type_object(arena, properties, count, NULL);
}

static void test_wide(void) {
  g_autoptr(Arena) arena = arena_new();
  const Type *wide = object_of(arena, 0, 5000);
  g_assert_true(type_merge(arena, wide, object_of(arena, 0, 5000)) == wide);
  g_assert_true(type_merge(arena, wide, object_of(arena, 1, 5000)) == &type_any_object);
  g_autofree char *text = type_describe(wide);
  g_assert_cmpuint(strlen(text), <, 250);
  g_assert_true(g_str_has_suffix(text, "; ...}"));
}

#define ADD(rows, prefix, name, test)                                                                                                                \
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                                                                                                  \
    g_autofree char *path = g_strdup_printf("/type/" prefix "/%s", rows[i].name);                                                                    \
    g_test_add_data_func(path, &rows[i], test);                                                                                                      \
  }

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  ADD(pair_rows, "pair", claim, test_pair)
  ADD(kind_rows, "kind", text, test_kind)
  ADD(notation_rows, "notation", name, test_notation)
  g_test_add_func("/type/a reference without a resolver is any", test_unresolved);
  g_test_add_func("/type/an object sorts its properties and merges those of one name", test_object);
  g_test_add_func("/type/a property of one's own hides that of a notation", test_with);
  g_test_add_func("/type/a visitor may stop", test_each_name);
  g_test_add_func("/type/a search finds every property of the contexts", test_tables);
  g_test_add_func("/type/deep values end in any", test_deep);
  g_test_add_func("/type/wide objects merge with their like only", test_wide);
  return g_test_run();
}
