/* Reading of settings by tables of keys. Every fault is a located diagnostic; reading goes on after one. Private to this folder. */
#pragma once

#include "lint/config/config.h"

typedef struct {
  LintConfig *config;
  Diagnostics *diagnostics;
} ConfigReader;

typedef struct {
  const char *name; /* NULL ends a table */
  void (*read)(ConfigReader *reader, const char *name, const YamlNode *value);
} ConfigKey;

/* Which findings are ignored; members that are NULL or 0 fit all. */
typedef struct {
  GRegex *path; /* from the repository's top */
  char *file;   /* the file's name alone */
  char *rule;
  GRegex *message;
  unsigned line, column;
} ConfigIgnore;

void config_find(ConfigReader *reader, const YamlNode *node, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Reads a mapping; null is an empty one. Keys that the table does not have are faults, unless `lax`. */
void config_mapping(ConfigReader *reader, const char *what, const ConfigKey *keys, const YamlNode *node, bool lax);

/* Values; false after a fault. */
bool config_text(ConfigReader *reader, const char *what, const YamlNode *node, const char **text);
bool config_flag(ConfigReader *reader, const char *what, const YamlNode *node, bool *flag);
/* Adds the texts of a list to `texts` (char *), which is made when it is NULL; null adds nothing and makes nothing. */
void config_texts(ConfigReader *reader, const char *what, const YamlNode *node, GPtrArray **texts);
/* Glob patterns, each of which is good; likewise. */
void config_globs(ConfigReader *reader, const char *what, const YamlNode *node, GPtrArray **texts);
/* NULL after a fault. Transfer full. */
GRegex *config_glob(ConfigReader *reader, const YamlNode *node);
GRegex *config_regex(ConfigReader *reader, const YamlNode *node);

/* What is known of a rule, made when it is new. Transfer none. */
LintRuleConfig *config_rule(LintConfig *config, const char *rule);
/* Takes the members over. */
void config_add_ignore(LintConfig *config, ConfigIgnore ignore);

/* Settings that several kinds of files have: {max-minutes: N} of require-job-timeout, and the list of required-actions, instead of
 * what it was. */
void config_job_timeout(ConfigReader *reader, const char *what, const YamlNode *node);
void config_required_actions(ConfigReader *reader, const char *what, const YamlNode *node);

/* The three kinds of files; `root` is their top. */
void config_read_drover(ConfigReader *reader, const YamlNode *root);
void config_read_actionlint(ConfigReader *reader, const YamlNode *root);
void config_read_zizmor(ConfigReader *reader, const YamlNode *root);
