#pragma once
// The tables and views of the processes that work on a study. docs/study.md says what the views
// hold.

namespace ridgeline::selection {

// Times are seconds since 1970. A claim with fold 0 is the refit.
inline constexpr const char* worker_schema = R"sql(
CREATE TABLE worker (
  number INTEGER PRIMARY KEY, process INTEGER NOT NULL, since REAL NOT NULL,
  first_time REAL, first_done REAL);
CREATE TABLE claim (
  trial INTEGER NOT NULL, fold INTEGER NOT NULL, share REAL NOT NULL,
  worker INTEGER NOT NULL REFERENCES worker, since REAL NOT NULL,
  epoch INTEGER NOT NULL DEFAULT 0, epochs INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (trial, fold, share)) WITHOUT ROWID;
CREATE TABLE state (
  begun REAL NOT NULL, changed REAL NOT NULL, ended REAL, done REAL NOT NULL DEFAULT 0, rule TEXT,
  tied_low REAL, tied_high REAL);

CREATE VIEW running AS
  SELECT trial, nullif(fold, 0) AS fold, share, process,
         strftime('%Y-%m-%dT%H:%M:%SZ', claim.since, 'unixepoch') AS since, epoch, epochs
  FROM claim JOIN worker ON worker = number ORDER BY trial, fold, share;
CREATE VIEW summary AS
  SELECT strftime('%Y-%m-%dT%H:%M:%SZ', begun, 'unixepoch') AS begun,
         strftime('%Y-%m-%dT%H:%M:%SZ', changed, 'unixepoch') AS changed,
         strftime('%Y-%m-%dT%H:%M:%SZ', ended, 'unixepoch') AS ended,
         done, rule, tied_low, tied_high
  FROM state;
)sql";

}  // namespace ridgeline::selection
