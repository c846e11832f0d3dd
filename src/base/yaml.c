#include "base/yaml.h"

#include "base/error.h"
#include "base/fs.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define SIZE_MAX_DEFAULT ((size_t)1 << 20)
#define DEPTH_MAX_DEFAULT 50
#define NODES_MAX_DEFAULT 100000

#define KEYS_SCANNED_MAX 16

struct YamlDocument {
  Arena *arena;
  const char *name;
  const YamlNode *root;
  GPtrArray *anchors; /* YamlAnchor */
};

typedef struct {
  yaml_parser_t parser;
  YamlDocument *document;
  YamlLimits limits;
  GTree *anchors;   /* name -> Anchor */
  GPtrArray *items; /* of the collections that are being read, one upon the other */
  guint nodes;      /* visited, with repetition through aliases */
  guint deepest;    /* level reached since the last anchor began, with what aliases stand for */
  Diagnostics *findings;
  GError **error;
} Reader;

typedef struct {
  YamlAnchor seen; /* its node is NULL while it is being read: an alias to it would be a cycle */
  guint weight;    /* nodes below and including it */
  guint height;    /* levels below it */
} Anchor;

static Location location_of(const Reader *reader, yaml_mark_t mark) {
  return (Location){.file = reader->document->name, .line = (unsigned)mark.line + 1, .column = (unsigned)mark.column + 1};
}

static bool fail(const Reader *reader, Location at, const char *message) {
  return error_set(reader->error, DROVER_ERROR_INPUT, "%s:%u:%u: %s", at.file, at.line, at.column, message);
}

static bool next_event(Reader *reader, yaml_event_t *event) {
  if (yaml_parser_parse(&reader->parser, event))
    return true;
  const yaml_parser_t *parser = &reader->parser;
  if (parser->error == YAML_READER_ERROR) {
    Location at = location_of(reader, parser->mark);
    g_autofree char *why = g_strdup_printf("not YAML: %s; save the file as UTF-8", parser->problem != NULL ? parser->problem : "not UTF-8");
    return fail(reader, at, why);
  }
  g_autofree char *message = g_strdup_printf("not YAML: %s%s%s", parser->problem != NULL ? parser->problem : "unreadable",
                                             parser->context != NULL ? " " : "", parser->context != NULL ? parser->context : "");
  return fail(reader, location_of(reader, parser->problem_mark), message);
}

static YamlNode *read_node(Reader *reader, yaml_event_t *event, guint depth);

static YamlNode *node_new(Reader *reader, YamlKind kind, const yaml_event_t *event) {
  YamlNode *node = arena_alloc(reader->document->arena, sizeof *node);
  node->kind = kind;
  node->location = location_of(reader, event->start_mark);
  node->end = location_of(reader, event->end_mark);
  return node;
}

static YamlNode *read_scalar(Reader *reader, const yaml_event_t *event) {
  YamlNode *node = node_new(reader, YAML_SCALAR, event);
  node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  node->text = arena_strndup(reader->document->arena, (const char *)event->data.scalar.value, event->data.scalar.length);
  node->length = event->data.scalar.length;
  node->tag = arena_strdup(reader->document->arena, (const char *)event->data.scalar.tag);
  return node;
}

static int compare_keys(gconstpointer a, gconstpointer b) {
  const YamlNode *left = a, *right = b;
  int order = memcmp(left->text, right->text, MIN(left->length, right->length));
  return order != 0 ? order : (left->length > right->length) - (left->length < right->length);
}

/* A finding that reading can go on after; false where nobody collects them. */
static bool report(const Reader *reader, Location at, const char *message) {
  if (reader->findings == NULL)
    return fail(reader, at, message);
  diagnostics_add(reader->findings, at, "%s", message);
  return true;
}

/* The key among those of the mapping so far. `seen` is a tree and no hash table: keys chosen to collide cannot make it slow; a
 * small mapping is faster without either. */
static const YamlNode *find_key(const Reader *reader, const YamlNode *key, guint first, GTree **seen) {
  const GPtrArray *items = reader->items;
  if (*seen != NULL)
    return g_tree_lookup(*seen, key);
  for (guint i = first; i < items->len; i += 2)
    if (compare_keys(g_ptr_array_index(items, i), key) == 0)
      return g_ptr_array_index(items, i);
  if ((items->len - first) / 2 < KEYS_SCANNED_MAX)
    return NULL;
  *seen = g_tree_new(compare_keys);
  for (guint i = first; i < items->len; i += 2)
    g_tree_insert(*seen, g_ptr_array_index(items, i), g_ptr_array_index(items, i));
  return NULL;
}

/* Sets `repeated` where the key stands in the mapping already and reading goes on. */
static bool check_key(const Reader *reader, const YamlNode *key, guint first, GTree **seen, bool *repeated) {
  *repeated = false;
  if (key->kind != YAML_SCALAR)
    return fail(reader, key->location, "a key must be text");
  const YamlNode *before = find_key(reader, key, first, seen);
  if (before == NULL) {
    if (*seen != NULL)
      g_tree_insert(*seen, (gpointer)key, (gpointer)key);
    return true;
  }
  *repeated = true;
  g_autofree char *message = g_strdup_printf("the key \"%s\" stands here twice, first in line %u", key->text, before->location.line);
  return report(reader, key->location, message);
}

/* The items of a collection up to its end event, upon those of the collections around it. */
static bool read_items(Reader *reader, YamlNode *node, guint depth, GTree **seen) {
  guint first = reader->items->len;
  bool repeated = false; /* whether the pair that is being read is left out */
  for (bool is_key = node->kind == YAML_MAPPING;; is_key = node->kind == YAML_MAPPING && !is_key) {
    yaml_event_t event;
    if (!next_event(reader, &event))
      return false;
    if (event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT) {
      node->end = location_of(reader, event.end_mark);
      yaml_event_delete(&event);
      return true;
    }
    YamlNode *item = read_node(reader, &event, depth + 1);
    yaml_event_delete(&event);
    if (item == NULL || (is_key && !check_key(reader, item, first, seen, &repeated)))
      return false;
    if (!repeated)
      g_ptr_array_add(reader->items, item);
    repeated = repeated && is_key;
  }
}

static YamlNode *read_collection(Reader *reader, const yaml_event_t *start, guint depth) {
  bool mapping = start->type == YAML_MAPPING_START_EVENT;
  YamlNode *node = node_new(reader, mapping ? YAML_MAPPING : YAML_SEQUENCE, start);
  node->flow = mapping ? start->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE : start->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
  guint first = reader->items->len;
  GTree *seen = NULL;
  bool good = read_items(reader, node, depth, &seen);
  g_clear_pointer(&seen, g_tree_unref);
  if (!good)
    return NULL;
  guint count = reader->items->len - first;
  node->count = mapping ? count / 2 : count;
  node->items = count > 0 ? arena_memdup(reader->document->arena, reader->items->pdata + first, count * sizeof *node->items) : NULL;
  g_ptr_array_set_size(reader->items, (int)first);
  return node;
}

static bool count_nodes(Reader *reader, Location at, guint more) {
  if (more > reader->limits.nodes_max - reader->nodes)
    return fail(reader, at, "the file has too many nodes (aliases count each time)");
  reader->nodes += more;
  return true;
}

static bool check_depth(Reader *reader, Location at, guint depth) {
  reader->deepest = MAX(reader->deepest, depth);
  return depth <= reader->limits.depth_max || fail(reader, at, "nested too deeply");
}

static YamlNode *empty_scalar(const Reader *reader, Location at) {
  YamlNode *node = arena_alloc(reader->document->arena, sizeof *node);
  *node = (YamlNode){.kind = YAML_SCALAR, .text = "", .plain = true, .location = at, .end = at};
  return node;
}

static YamlNode *read_alias(Reader *reader, const yaml_event_t *event, guint depth) {
  Location at = location_of(reader, event->start_mark);
  Anchor *anchor = g_tree_lookup(reader->anchors, event->data.alias.anchor);
  if (anchor == NULL || anchor->seen.node == NULL) {
    if (anchor != NULL)
      anchor->seen.used = true;
    g_autofree char *message = g_strdup_printf(anchor == NULL ? "no anchor \"%s\" stands before this alias" : "the alias \"%s\" contains itself",
                                               (const char *)event->data.alias.anchor);
    if (!report(reader, at, message))
      return NULL;
    YamlNode *nothing = empty_scalar(reader, at);
    nothing->dangling = anchor == NULL;
    return nothing;
  }
  if (!check_depth(reader, at, depth + anchor->height) || !count_nodes(reader, at, anchor->weight))
    return NULL;
  YamlNode *node = (YamlNode *)anchor->seen.node;
  anchor->seen.used = node->shared = true;
  return node;
}

static const char *event_anchor(const yaml_event_t *event) {
  return (const char *)(event->type == YAML_SCALAR_EVENT          ? event->data.scalar.anchor
                        : event->type == YAML_MAPPING_START_EVENT ? event->data.mapping_start.anchor
                                                                  : event->data.sequence_start.anchor);
}

static YamlNode *read_content(Reader *reader, const yaml_event_t *event, guint depth) {
  return event->type == YAML_SCALAR_EVENT ? read_scalar(reader, event) : read_collection(reader, event, depth);
}

/* The anchor is known while its node is read, so that an alias inside to it is seen as a cycle. An inner anchor of the same
 * name takes the name over; this one lives on with the document, so that no later one gets its address. */
static YamlNode *read_anchored(Reader *reader, const yaml_event_t *event, guint depth) {
  guint nodes_before = reader->nodes - 1, deepest_before = reader->deepest;
  Anchor *anchor = arena_alloc(reader->document->arena, sizeof *anchor);
  anchor->seen.name = arena_strdup(reader->document->arena, event_anchor(event));
  anchor->seen.location = location_of(reader, event->start_mark);
  g_ptr_array_add(reader->document->anchors, anchor);
  g_tree_replace(reader->anchors, (gpointer)anchor->seen.name, anchor);
  reader->deepest = depth;
  YamlNode *node = read_content(reader, event, depth);
  anchor->seen.node = node;
  anchor->weight = reader->nodes - nodes_before;
  anchor->height = reader->deepest - depth;
  reader->deepest = MAX(reader->deepest, deepest_before);
  return node;
}

static YamlNode *read_node(Reader *reader, yaml_event_t *event, guint depth) {
  Location at = location_of(reader, event->start_mark);
  if (event->type == YAML_ALIAS_EVENT)
    return read_alias(reader, event, depth);
  if (!check_depth(reader, at, depth) || !count_nodes(reader, at, 1))
    return NULL;
  if (event_anchor(event) != NULL)
    return read_anchored(reader, event, depth);
  return read_content(reader, event, depth);
}

/* Stream start, one document, stream end. */
static bool read_stream(Reader *reader) {
  bool seen_document = false;
  for (bool done = false; !done;) {
    yaml_event_t event;
    if (!next_event(reader, &event))
      return false;
    bool good = true;
    switch (event.type) {
    case YAML_STREAM_END_EVENT:
      done = true;
      break;
    case YAML_DOCUMENT_START_EVENT:
      if (seen_document)
        good = fail(reader, location_of(reader, event.start_mark), "a second document starts here; only one is read");
      seen_document = true;
      break;
    case YAML_ALIAS_EVENT:
    case YAML_SCALAR_EVENT:
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
      reader->document->root = read_node(reader, &event, 1);
      good = reader->document->root != NULL;
      break;
    default:
      break;
    }
    yaml_event_delete(&event);
    if (!good)
      return false;
  }
  if (reader->document->root == NULL)
    reader->document->root = empty_scalar(reader, (Location){.file = reader->document->name, .line = 1, .column = 1});
  return true;
}

static int compare_names(gconstpointer a, gconstpointer b) {
  return strcmp(a, b);
}

static YamlDocument *parse(const char *name, const char *text, size_t size, const YamlLimits *limits, Diagnostics *findings, GError **error) {
  YamlLimits in_force = limits != NULL ? *limits : (YamlLimits){0};
  in_force.size_max_bytes = in_force.size_max_bytes != 0 ? in_force.size_max_bytes : SIZE_MAX_DEFAULT;
  in_force.depth_max = in_force.depth_max != 0 ? in_force.depth_max : DEPTH_MAX_DEFAULT;
  in_force.nodes_max = in_force.nodes_max != 0 ? in_force.nodes_max : NODES_MAX_DEFAULT;
  if (size > in_force.size_max_bytes) {
    error_set(error, DROVER_ERROR_INPUT, "%s:1:1: the file is larger than %zu bytes", name, in_force.size_max_bytes);
    return NULL;
  }
  g_autoptr(YamlDocument) document = g_new0(YamlDocument, 1);
  document->arena = arena_new();
  document->anchors = g_ptr_array_new();
  document->name = arena_strdup(document->arena, name);
  Reader reader = {.document = document, .limits = in_force, .findings = findings, .error = error};
  if (!yaml_parser_initialize(&reader.parser)) {
    error_set(error, DROVER_ERROR_INTERNAL, "libyaml cannot start");
    return NULL;
  }
  reader.anchors = g_tree_new(compare_names);
  reader.items = g_ptr_array_new();
  yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, size);
  bool good = read_stream(&reader);
  yaml_parser_delete(&reader.parser);
  g_tree_unref(reader.anchors);
  g_ptr_array_unref(reader.items);
  return good ? g_steal_pointer(&document) : NULL;
}

YamlDocument *yaml_parse(const char *name, const char *text, size_t size, const YamlLimits *limits, GError **error) {
  return parse(name, text, size, limits, NULL, error);
}

YamlDocument *yaml_parse_lenient(const char *name, const char *text, size_t size, const YamlLimits *limits, Diagnostics *findings, GError **error) {
  return parse(name, text, size, limits, findings, error);
}

YamlDocument *yaml_load(const char *path, const YamlLimits *limits, GError **error) {
  size_t size = 0;
  size_t max = limits != NULL && limits->size_max_bytes != 0 ? limits->size_max_bytes : SIZE_MAX_DEFAULT;
  g_autofree char *text = fs_read(path, max, &size, error);
  return text != NULL ? yaml_parse(path, text, size, limits, error) : NULL;
}

void yaml_document_free(YamlDocument *document) {
  g_ptr_array_unref(document->anchors);
  arena_free(document->arena);
  g_free(document);
}

const YamlNode *yaml_root(const YamlDocument *document) {
  return document->root;
}

const YamlAnchor *const *yaml_anchors(const YamlDocument *document, guint *count) {
  *count = document->anchors->len;
  return (const YamlAnchor *const *)document->anchors->pdata;
}

Arena *yaml_arena(YamlDocument *document) {
  return document->arena;
}

const YamlNode *yaml_key(const YamlNode *mapping, guint index) {
  return mapping->items[2 * index];
}

const YamlNode *yaml_value(const YamlNode *mapping, guint index) {
  return mapping->items[2 * index + 1];
}

const YamlNode *yaml_get(const YamlNode *node, const char *key) {
  if (node == NULL || node->kind != YAML_MAPPING)
    return NULL;
  size_t length = strlen(key);
  for (guint i = 0; i < node->count; i++)
    if (yaml_key(node, i)->length == length && memcmp(yaml_key(node, i)->text, key, length) == 0)
      return yaml_value(node, i);
  return NULL;
}

static bool is_one_of(const YamlNode *node, const char *const *words) {
  if (node->kind != YAML_SCALAR || !node->plain)
    return false;
  for (; *words != NULL; words++)
    if (strcmp(node->text, *words) == 0)
      return true;
  return false;
}

bool yaml_is_null(const YamlNode *node) {
  return is_one_of(node, (const char *const[]){"", "~", "null", "Null", "NULL", NULL});
}

bool yaml_to_bool(const YamlNode *node, bool *value) {
  bool yes = is_one_of(node, (const char *const[]){"true", "True", "TRUE", NULL});
  if (!yes && !is_one_of(node, (const char *const[]){"false", "False", "FALSE", NULL}))
    return false;
  *value = yes;
  return true;
}

/* YAML 1.2 core schema: [-+]?[0-9]+, 0o[0-7]+, 0x[0-9a-fA-F]+. */
bool yaml_to_int(const YamlNode *node, gint64 *value) {
  if (node->kind != YAML_SCALAR || !node->plain || node->length == 0)
    return false;
  bool octal = g_str_has_prefix(node->text, "0o"), hex = g_str_has_prefix(node->text, "0x");
  const char *digits = octal || hex ? node->text + 2 : node->text + (*node->text == '-' || *node->text == '+');
  const char *allowed = octal ? "01234567" : hex ? "0123456789abcdefABCDEF" : "0123456789";
  if (*digits == '\0' || strspn(digits, allowed) != strlen(digits))
    return false;
  errno = 0;
  gint64 read = g_ascii_strtoll(octal || hex ? digits : node->text, NULL, octal ? 8 : hex ? 16 : 10);
  if (errno != 0)
    return false;
  *value = read;
  return true;
}

/* YAML 1.2 core schema: [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?, .inf, .nan. */
bool yaml_to_number(const YamlNode *node, double *value) {
  gint64 integer;
  if (yaml_to_int(node, &integer)) {
    *value = (double)integer;
    return true;
  }
  if (is_one_of(node, (const char *const[]){".nan", ".NaN", ".NAN", NULL})) {
    *value = NAN;
    return true;
  }
  if (is_one_of(node, (const char *const[]){".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", NULL})) {
    *value = *node->text == '-' ? -INFINITY : INFINITY;
    return true;
  }
  if (node->kind != YAML_SCALAR || !node->plain || strspn(node->text, "+-.0123456789eE") != node->length || node->length == 0 ||
      strpbrk(node->text, "0123456789") == NULL)
    return false;
  char *end;
  double read = g_ascii_strtod(node->text, &end);
  if (*end != '\0')
    return false;
  *value = read;
  return true;
}

const char *yaml_describe(const YamlNode *node) {
  bool yes;
  double number;
  if (node->kind == YAML_MAPPING)
    return "a mapping";
  if (node->kind == YAML_SEQUENCE)
    return "a list";
  if (yaml_is_null(node))
    return "nothing";
  if (yaml_to_bool(node, &yes))
    return "a boolean";
  return yaml_to_number(node, &number) ? "a number" : "text";
}
