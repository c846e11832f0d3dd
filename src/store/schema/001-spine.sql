-- The spine: the journal, check runs, releases, rollouts and what each environment runs.
-- Times are microseconds since the Unix epoch; 0 means "not yet". JSON is canonical: sorted keys, no spaces.

PRAGMA application_id = 0x64727672; -- "drvr"

CREATE TABLE journal (
  sequence INTEGER PRIMARY KEY,
  at_us    INTEGER NOT NULL,
  actor    TEXT NOT NULL,
  kind     TEXT NOT NULL,
  subject  TEXT NOT NULL,
  data     TEXT NOT NULL,
  hash     TEXT NOT NULL
) STRICT;
CREATE INDEX journal_by_subject ON journal (subject, sequence);

CREATE TRIGGER journal_grows_at_its_end BEFORE INSERT ON journal
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM journal)
BEGIN SELECT RAISE(ABORT, 'the journal grows at its end only'); END;
CREATE TRIGGER journal_never_changes BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal never changes'); END;
CREATE TRIGGER journal_forgets_nothing BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal forgets nothing'); END;

CREATE TABLE check_runs (
  id          TEXT NOT NULL PRIMARY KEY,
  project     TEXT NOT NULL,
  commit_id   TEXT NOT NULL CHECK (length(commit_id) = 40),
  workflow    TEXT NOT NULL,
  outcome     TEXT NOT NULL CHECK (outcome IN ('running', 'success', 'failure', 'cancelled')),
  started_us  INTEGER NOT NULL,
  ended_us    INTEGER NOT NULL,
  log         TEXT
) STRICT;
CREATE INDEX check_runs_by_commit ON check_runs (project, commit_id, workflow, outcome);
CREATE INDEX check_runs_running ON check_runs (project) WHERE outcome = 'running';

CREATE TABLE releases (
  id           TEXT NOT NULL PRIMARY KEY,
  project      TEXT NOT NULL,
  number       INTEGER NOT NULL CHECK (number > 0),
  commit_id    TEXT NOT NULL CHECK (length(commit_id) = 40),
  subject      TEXT NOT NULL,
  author       TEXT NOT NULL,
  images       TEXT NOT NULL,
  project_file TEXT NOT NULL,
  checks       TEXT NOT NULL,
  recorded_us  INTEGER NOT NULL,
  UNIQUE (project, number),
  UNIQUE (project, commit_id)
) STRICT;

-- INSERT OR REPLACE deletes without the delete trigger unless recursive_triggers is on: the first trigger closes that door.
CREATE TRIGGER releases_are_never_replaced BEFORE INSERT ON releases
WHEN EXISTS (SELECT 1 FROM releases WHERE id = NEW.id OR (project = NEW.project AND (number = NEW.number OR commit_id = NEW.commit_id)))
BEGIN SELECT RAISE(ABORT, 'a release is never replaced'); END;
CREATE TRIGGER releases_never_change BEFORE UPDATE ON releases
BEGIN SELECT RAISE(ABORT, 'a release never changes'); END;
CREATE TRIGGER releases_stay BEFORE DELETE ON releases
BEGIN SELECT RAISE(ABORT, 'a release is never deleted'); END;

CREATE TABLE rollouts (
  id           TEXT NOT NULL PRIMARY KEY,
  project      TEXT NOT NULL,
  environment  TEXT NOT NULL,
  release      TEXT NOT NULL REFERENCES releases (id),
  from_release TEXT REFERENCES releases (id),
  actor        TEXT NOT NULL,
  state        TEXT NOT NULL,
  slot         TEXT NOT NULL,
  outcome      TEXT CHECK (outcome IN ('completed', 'rolled-back', 'failed')),
  error        TEXT,
  started_us   INTEGER NOT NULL,
  ended_us     INTEGER NOT NULL,
  log          TEXT
) STRICT;
CREATE UNIQUE INDEX rollouts_open ON rollouts (project, environment) WHERE outcome IS NULL;
CREATE INDEX rollouts_by_environment ON rollouts (project, environment, id);

CREATE TABLE environments (
  project  TEXT NOT NULL,
  name     TEXT NOT NULL,
  release  TEXT REFERENCES releases (id),
  previous TEXT REFERENCES releases (id),
  slot     TEXT,
  since_us INTEGER NOT NULL,
  PRIMARY KEY (project, name)
) STRICT, WITHOUT ROWID;
