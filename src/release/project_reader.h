/* How drover.yaml is read: const tables of keys, each with the function that reads its value into a field. Private to
 * release/. Every finding is a located diagnostic; reading goes on after one, so that all are told at once. */
#pragma once

#include "base/yaml.h"
#include "release/project.h"

/* What a name in the file must refer to; checked when all is read. */
typedef enum { REFERENCE_IMAGE, REFERENCE_SERVICE } ReferenceKind;

typedef struct {
  ReferenceKind kind;
  const YamlNode *node;
} Reference;

typedef struct {
  Project *project;
  Diagnostics *diagnostics; /* may be NULL */
  guint findings;
  GArray *references; /* Reference */
} Reader;

typedef struct Key Key;

/* Reads `node` into `field`. */
typedef void (*KeyReader)(Reader *reader, const Key *key, const YamlNode *node, void *field);

/* One scalar as text (transfer full), or NULL after a finding. */
typedef char *(*ItemReader)(Reader *reader, const YamlNode *node);

/* A mapping of names to structs whose first member is `char *name`. */
typedef struct {
  const char *what; /* "image" */
  const Key *keys;  /* ends with a row without a name */
  size_t size;
  size_t location;             /* offset of the Location */
  const void *defaults;        /* what a new struct starts as; no pointers in it */
  void (*finish)(void *entry); /* gives defaults that are pointers to what the file left out; may be NULL */
} EntryType;

struct Key {
  const char *name;
  KeyReader read;
  size_t offset; /* of the field in the struct */
  bool required;
  ItemReader item;        /* of read_text and read_list */
  int64_t min, max;       /* of read_count and read_duration, in their units */
  const Key *keys;        /* of read_mapping */
  const EntryType *entry; /* of read_entries */
};

/* The table of the whole file, over a Project. */
extern const Key project_keys[];

/* Adds a finding at `node`. */
void reader_find(Reader *reader, const YamlNode *node, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A scalar's text for a message: short, without control characters. Transfer full. */
char *reader_show(const YamlNode *node);

/* Reads a mapping by `keys` into the struct at `target`; `what` names it in messages. */
void reader_read_mapping(Reader *reader, const char *what, const Key *keys, const YamlNode *node, void *target);

/* Fields of char *, unsigned, int64_t, char **, char **, char ***, char **, nested structs and GPtrArray of structs. */
void read_text(Reader *reader, const Key *key, const YamlNode *node, void *field);
void read_count(Reader *reader, const Key *key, const YamlNode *node, void *field);
void read_duration(Reader *reader, const Key *key, const YamlNode *node, void *field);
void read_list(Reader *reader, const Key *key, const YamlNode *node, void *field);
void read_command(Reader *reader, const Key *key, const YamlNode *node, void *field);
void read_commands(Reader *reader, const Key *key, const YamlNode *node, void *field);
void read_variables(Reader *reader, const Key *key, const YamlNode *node, void *field);
void read_mapping(Reader *reader, const Key *key, const YamlNode *node, void *field);
void read_entries(Reader *reader, const Key *key, const YamlNode *node, void *field);
void read_unsupported(Reader *reader, const Key *key, const YamlNode *node, void *field);

/* Items, each with the grammar that its name says. */
char *item_name(Reader *reader, const YamlNode *node);
char *item_secret(Reader *reader, const YamlNode *node);
char *item_folder(Reader *reader, const YamlNode *node);
char *item_workflow(Reader *reader, const YamlNode *node);
char *item_scratch(Reader *reader, const YamlNode *node);
char *item_url_path(Reader *reader, const YamlNode *node);
char *item_registry(Reader *reader, const YamlNode *node);
char *item_platform(Reader *reader, const YamlNode *node);
char *item_branch(Reader *reader, const YamlNode *node);
char *item_listen(Reader *reader, const YamlNode *node);
char *item_host(Reader *reader, const YamlNode *node);
char *item_argument(Reader *reader, const YamlNode *node);
char *item_image(Reader *reader, const YamlNode *node);
char *item_service(Reader *reader, const YamlNode *node);

/* The machine's own platform, "linux/amd64". Static. */
const char *project_platform(void);
