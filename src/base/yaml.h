/* YAML as a tree in which every node knows its place. libyaml's events, with limits: what comes in is untrusted.
 *
 * Anchors and aliases are resolved to one shared node, so they cannot blow up memory; a budget on nodes visited through
 * aliases keeps a walk of the tree linear too. Duplicate keys are errors. The tree is immutable and may be read by any
 * thread; nodes live as long as their document.
 */
#pragma once

#include "base/arena.h"
#include "base/diagnostics.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING } YamlKind;

typedef struct YamlDocument YamlDocument;
typedef struct YamlNode YamlNode;

struct YamlNode {
  YamlKind kind;
  bool plain;             /* a scalar without quotes or block style: it may mean a number, a boolean or null */
  const char *tag;        /* an explicit tag, or NULL */
  const char *text;       /* a scalar's text, NUL-terminated; may hold NUL bytes before `length` */
  size_t length;          /* of the text in bytes */
  Location location;      /* where it starts */
  Location end;           /* just behind it */
  bool shared;            /* an alias names it: it stands in several places of the tree */
  bool flow;              /* a collection in brackets */
  bool dangling;          /* an alias of an anchor that is not there, read leniently */
  guint count;            /* items of a sequence, pairs of a mapping */
  const YamlNode **items; /* items, or key, value, key, value, ... (2 * count) */
};

typedef struct {
  size_t size_max_bytes; /* 0: 1 MiB */
  guint depth_max;       /* 0: 50 */
  guint nodes_max;       /* 0: 100,000, counting what aliases repeat */
} YamlLimits;

typedef struct {
  const char *name;
  Location location;    /* of the anchored node */
  const YamlNode *node; /* NULL: it holds itself */
  bool used;
} YamlAnchor;

/* Reads one document. `name` is what locations call the file. On errors NULL, and INPUT with "name:line:column: ...".
 * An empty document gives a scalar with plain, empty text. `limits` may be NULL. */
YamlDocument *yaml_parse(const char *name, const char *text, size_t size, const YamlLimits *limits, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As yaml_parse(), but duplicate keys (the first counts) and aliases that name nothing (they read as null) become `findings`, so that
 * a linter can look at the rest of the file. */
YamlDocument *yaml_parse_lenient(const char *name, const char *text, size_t size, const YamlLimits *limits, Diagnostics *findings,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same from a file; NOT_FOUND when it is not there. */
YamlDocument *yaml_load(const char *path, const YamlLimits *limits, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void yaml_document_free(YamlDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YamlDocument, yaml_document_free)

const YamlNode *yaml_root(const YamlDocument *document);

/* The anchors in the file's order. Transfer none. */
const YamlAnchor *const *yaml_anchors(const YamlDocument *document, guint *count);
/* The memory of the document's nodes, for a model that lives and dies with it. */
Arena *yaml_arena(YamlDocument *document);

/* A mapping's value for `key`, or NULL; NULL too when `node` is not a mapping. Keys compare by bytes. */
const YamlNode *yaml_get(const YamlNode *node, const char *key);

/* The n-th pair of a mapping. */
const YamlNode *yaml_key(const YamlNode *mapping, guint index);
const YamlNode *yaml_value(const YamlNode *mapping, guint index);

/* Whether the node is YAML 1.2 core's null: empty, ~, null. */
bool yaml_is_null(const YamlNode *node);

/* Read a plain scalar as what YAML 1.2's core schema says it is; false leaves `value` alone. */
bool yaml_to_bool(const YamlNode *node, bool *value);
bool yaml_to_int(const YamlNode *node, gint64 *value);
bool yaml_to_number(const YamlNode *node, double *value);

/* "a mapping", "a list", "text", "null", ...: what a node is, for messages. */
const char *yaml_describe(const YamlNode *node);
