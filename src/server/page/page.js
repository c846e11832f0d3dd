"use strict";

// Whatever comes from the API is put in as text, never as markup.
const says = {
  healthy: "healthy", moving: "rolling out", kept: "last rollout taken back", failed: "last rollout failed",
  empty: "nothing runs", unknown: "unknown", completed: "completed", "rolled-back": "taken back",
};
const every = 5000;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  return made;
}

function mark(value) {
  return element("span", "mark " + (Object.hasOwn(says, value) ? value : "unknown"), Object.hasOwn(says, value) ? says[value] : value);
}

function time(text) {
  if (!text) return element("span", "dim", "not yet");
  const made = element("time", "", new Date(text).toLocaleString());
  made.dateTime = text;
  return made;
}

function line(...parts) {
  const made = element("p");
  made.append(...parts);
  return made;
}

function environmentCard(environment) {
  const card = element("article");
  const title = element("h3");
  title.append(element("span", "", environment.project + " / " + environment.name), mark(environment.health));
  card.append(title);
  const release = environment.release;
  if (release) {
    card.append(line("release " + release.number + " ", element("code", "", release.commit.slice(0, 12))));
    if (release.subject) card.append(element("p", "", release.subject));
    card.append(line(element("span", "dim", "since "), time(environment.since)));
  }
  return card;
}

function rolloutRow(rollout) {
  const row = element("tr");
  const cells = [
    time(rollout.started),
    rollout.project + " / " + rollout.environment,
    "release " + rollout.release.number + " (" + rollout.release.commit.slice(0, 12) + ")",
    rollout.outcome ? mark(rollout.outcome) : element("span", "mark moving", rollout.state),
    rollout.actor,
    rollout.error || "",
  ];
  for (const cell of cells) {
    const made = element("td");
    made.append(cell);
    row.append(made);
  }
  return row;
}

async function load(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(path + " answered " + answer.status);
  return answer.json();
}

function show(id, children) {
  document.getElementById(id).replaceChildren(...children);
  document.getElementById(id + "-none").hidden = children.length > 0;
}

function tell(text, bad) {
  const state = document.getElementById("state");
  state.textContent = text;
  state.className = bad ? "bad" : "";
}

async function refresh() {
  try {
    const [environments, rollouts] = await Promise.all([load("/api/v1/environments"), load("/api/v1/rollouts?max=20")]);
    show("environments", environments.environments.map(environmentCard));
    show("rollouts", rollouts.rollouts.map(rolloutRow));
    tell("as of " + new Date().toLocaleTimeString(), false);
  } catch (error) {
    tell("not up to date: " + error.message, true);
  }
  setTimeout(refresh, every);
}

refresh();
