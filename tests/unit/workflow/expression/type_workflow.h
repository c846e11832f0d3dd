/* A workflow for tests of types: contexts of every kind, and github.event as lazy types of two events that differ. */
#pragma once

#include "workflow/expression/type.h"

typedef struct {
  TypeSource source;
  const Type *github;
  GString *findings; /* "start-end kind: message\n" for each */
} TypeWorkflow;

void type_workflow_init(TypeWorkflow *workflow);
void type_workflow_clear(TypeWorkflow *workflow);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TypeWorkflow, type_workflow_clear)

/* The type of `text`, which must parse; its findings are added. Lives as long as the workflow. */
const Type *type_workflow_check(TypeWorkflow *workflow, const char *text);

/* The notations by name, each of which may be referred to. */
json_t *type_workflow_notations(void);
