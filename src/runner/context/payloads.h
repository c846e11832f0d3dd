/* What single events have in their payloads beside repository, sender and action. Private to this folder. */
#pragma once

#include "runner/context/event.h"

void payload_push(const ContextFacts *facts, json_t *event);
void payload_create(const ContextFacts *facts, json_t *event);
void payload_pull_request(const ContextFacts *facts, json_t *event);
void payload_dispatch(const ContextFacts *facts, json_t *event);
void payload_repository_dispatch(const ContextFacts *facts, json_t *event);
void payload_schedule(const ContextFacts *facts, json_t *event);
void payload_release(const ContextFacts *facts, json_t *event);
void payload_workflow_run(const ContextFacts *facts, json_t *event);
void payload_merge_group(const ContextFacts *facts, json_t *event);
void payload_issue(const ContextFacts *facts, json_t *event);
void payload_deployment(const ContextFacts *facts, json_t *event);
