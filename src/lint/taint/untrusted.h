/* Who can set what stands in the `github` context, going by the events that start the workflow.
 *
 * The types of payloads come from data/events.jsonl, what people are able to write into their texts from tables here. A number, a
 * boolean, a hash and a name that GitHub restricts to harmless characters are nobody's. Pure; any thread with its own arena.
 */
#pragma once

#include "lint/taint/context_path.h"
#include "workflow/workflow.h"

/* From harmless to dangerous. */
typedef enum {
  UNTRUSTED_ABSENT,  /* none of the events has it, as far as is known; where one does, outsiders can set it */
  UNTRUSTED_NOBODY,  /* it cannot hold anything dangerous */
  UNTRUSTED_WRITERS, /* those who may write to the repository anyway: names of branches and tags, settings */
  UNTRUSTED_STARTER, /* who starts a workflow_dispatch: an input's text */
  UNTRUSTED_SENDER,  /* who sends a repository_dispatch: often a program that passes on what others wrote */
  UNTRUSTED_ANYONE,  /* outsiders: titles, bodies, names of their branches, messages of their commits */
} Untrusted;

/* `path` begins with "github". `workflow` NULL: an action, which any event may run. */
Untrusted untrusted_github(Arena *arena, const ContextPath *path, const Workflow *workflow);
