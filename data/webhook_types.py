"""GitHub's webhook schemas (OpenAPI) in the notation of types that README.md tells. A part of update.py."""
import re

SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "bool"}
OR = "_or_"  # in the name of a type that joins others
UNTOLD = {"object": {}, "rest": "any"}  # an object that may hold anything
# One object, several titles in GitHub's schema.
SAME = {
    "simple_user": "user", "minimal_repository": "repository", "license_simple": "license", "team_simple": "team", "organization_simple": "organization",
    "code_of_conduct_simple": "code_of_conduct", "reaction_rollup": "reactions", "pullrequestautomerge": "auto_merge", "github_app": "app",
    "checkrun": "check_run", "simplecommit": "simple_commit",
}  # fmt: skip
LIKE = {"pull_request_target": "pull_request", "pull_request_comment": "issue_comment"}  # events with another's payload
# What GitHub's documentation has and its schema does not have yet.
ADDED = {
    "repository": {"has_pull_requests": "bool", "pull_request_creation_policy": "string"},
    "pull_request": {"stack": "any"},
    "simple_pull_request": {"stack": "any"},
    "issue": {"pinned_comment": "any"},
    "issue_comment": {"minimized": "any", "pin": "any"},
    "issue_field_value": {"issue_field_name": "string", "multi_select_options": "any"},
}
ADDED_TO_EVENTS = {
    "issues": {"issue_field": "any", "issue_field_value": "any"},
    "pull_request": {"stack": "any"},
    "repository_dispatch": {"client_payload": UNTOLD},
    "schedule": {"schedule": "string", "workflow": "string"},
    "workflow_dispatch": {"inputs": UNTOLD},
}


class Types:
    """GitHub's schemas in our notation. Objects of one title are one type, the union of all that bear it."""

    def __init__(self, schemas):
        self.schemas, self.named, self.open = schemas, {}, set()

    def convert(self, schema):
        if "$ref" in schema:
            return self.convert(self.schemas[schema["$ref"].rsplit("/", 1)[1]])
        either = [self.convert(part) for word in ("oneOf", "anyOf", "allOf") for part in schema.get(word, [])]
        kinds = schema.get("type", "object" if "properties" in schema else "string" if "enum" in schema else [])
        either += [self.of_kind(schema, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
        return self.merge(either) if either else "any"

    def of_kind(self, schema, kind):
        if kind == "array":
            return {"array": self.convert(schema.get("items", {}))}
        return self.of_object(schema) if kind == "object" else SCALARS.get(kind, "null")

    def of_object(self, schema):
        name = re.sub(r"\W+", "_", schema.get("title", "").strip().lower())
        name = SAME.get(name, name)
        if name == "" or name.endswith("_event") or len(schema.get("properties", {})) < 4:
            return self.members(schema)
        if id(schema) not in self.open:
            self.open.add(id(schema))
            self.named[name] = self.merge([self.named.get(name, "null"), self.members(schema)])
        return {"ref": name}

    def members(self, schema):
        made = {"object": {name: self.convert(part) for name, part in schema.get("properties", {}).items()}}
        rest = schema.get("additionalProperties", not made["object"])
        return {**made, "rest": self.convert(rest if isinstance(rest, dict) else {})} if rest is not False else made

    def merge(self, types, seen=frozenset()):
        types = [one for i, one in enumerate(types) if one != "null" and one not in types[:i]]
        if len(types) < 2 or "any" in types:
            return "any" if "any" in types else types[0] if types else "null"
        if all("array" in one for one in types if isinstance(one, dict)) and not any(isinstance(one, str) for one in types):
            return {"array": self.merge([one["array"] for one in types], seen)}
        types = [one for one in types if one != UNTOLD] or [UNTOLD]
        if not all("ref" in one or "object" in one for one in types):
            return "any"
        refs = {name for one in types if "ref" in one for name in one["ref"].split(OR)}
        if refs:  # what one place adds to a named type may stand wherever it is used
            name = OR.join(sorted(refs))
            if len(types) > 1 and name not in seen:
                parts = [self.named.get(part, UNTOLD) for part in dict.fromkeys([name, *sorted(refs)])] + [one for one in types if "ref" not in one]
                self.named[name] = self.merge(parts, seen | {name})
            return {"ref": name}
        if len(types) == 1:
            return types[0]
        names = dict.fromkeys(name for one in types for name in one["object"])
        made = {"object": {name: self.merge([one["object"][name] for one in types if name in one["object"]], seen) for name in names}}
        rest = [one["rest"] for one in types if "rest" in one]
        return {**made, "rest": self.merge(rest, seen)} if rest else made


def payloads_of(spec):
    """Every event's payload, and all named types that these reach."""
    types, parts = Types(spec["components"]["schemas"]), {}
    for hook in (hook["post"] for hook in spec["webhooks"].values()):
        parts.setdefault(hook["x-github"]["subcategory"], []).append(hook["requestBody"]["content"]["application/json"]["schema"])
    for _ in range(3):  # a union of named types is whole once those are
        types.open.clear()
        payloads = {event: types.merge([types.convert(part) for part in schemas]) for event, schemas in parts.items()}
    payloads["schedule"] = {"object": dict(payloads["public"]["object"])}  # no webhook: the runner makes it
    for event, members in ADDED_TO_EVENTS.items():
        payloads[event]["object"] |= members
    for name, members in ADDED.items():
        types.named[name]["object"] |= members
    return {**payloads, **{event: payloads[other] for event, other in LIKE.items()}}, types.named


def refs_of(kind):
    """The names that a type reaches at once."""
    if isinstance(kind, dict):
        yield from [kind["ref"]] if "ref" in kind else ()
        for part in [*kind.get("object", {}).values(), kind.get("array"), kind.get("rest")]:
            yield from refs_of(part)
