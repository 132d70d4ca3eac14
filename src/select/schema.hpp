#pragma once
// The tables and views of a study. docs/study.md says what the views hold.

namespace ridgeline::selection {

inline constexpr int application_id = 0x52444731;  // "RDG1"
inline constexpr int schema_version = 6;

// Metrics are null if they were not measured or are not finite.
inline constexpr const char* schema = R"sql(
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE trial (
  number INTEGER PRIMARY KEY, status TEXT NOT NULL DEFAULT 'waiting', score REAL,
  standard_error REAL, epochs INTEGER, chosen INTEGER NOT NULL DEFAULT 0,
  rung INTEGER NOT NULL DEFAULT 0);
CREATE TABLE parameter (
  trial INTEGER NOT NULL REFERENCES trial, name TEXT NOT NULL, value REAL NOT NULL,
  PRIMARY KEY (trial, name));
-- What the values 0, 1, 2, ... of a parameter are that is not a number.
CREATE TABLE label (
  name TEXT NOT NULL, value REAL NOT NULL, label TEXT NOT NULL,
  PRIMARY KEY (name, value)) WITHOUT ROWID;
CREATE TABLE fold (
  trial INTEGER NOT NULL REFERENCES trial, fold INTEGER NOT NULL, share REAL NOT NULL,
  status TEXT NOT NULL, score REAL, standard_error REAL, epochs INTEGER NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (trial, fold, share));
CREATE TABLE epoch (
  trial INTEGER NOT NULL REFERENCES trial, fold INTEGER NOT NULL, share REAL NOT NULL,
  epoch INTEGER NOT NULL,
  seconds REAL, images_per_second REAL, learning_rate REAL, l2 REAL, decay_shrink REAL,
  train_data_loss REAL, train_penalty REAL, train_objective REAL, train_images INTEGER,
  val_data_loss REAL, val_penalty REAL, val_objective REAL, val_images INTEGER,
  val_data_loss_error REAL,
  PRIMARY KEY (trial, fold, share, epoch));
CREATE TABLE epoch_metric (
  trial INTEGER NOT NULL REFERENCES trial, fold INTEGER NOT NULL, share REAL NOT NULL,
  epoch INTEGER NOT NULL,
  part TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, value REAL,
  standard_error REAL, higher_is_better INTEGER NOT NULL,
  PRIMARY KEY (trial, fold, share, epoch, part, name)) WITHOUT ROWID;
CREATE TABLE training_value (
  trial INTEGER NOT NULL REFERENCES trial, fold INTEGER NOT NULL, share REAL NOT NULL,
  name TEXT NOT NULL, value REAL,
  PRIMARY KEY (trial, fold, share, name)) WITHOUT ROWID;
CREATE TABLE decision (
  number INTEGER PRIMARY KEY, trial INTEGER NOT NULL, reason TEXT NOT NULL);
CREATE TABLE refit (
  trial INTEGER PRIMARY KEY REFERENCES trial, epochs INTEGER NOT NULL, seconds REAL NOT NULL,
  test_data_loss REAL, test_penalty REAL, test_objective REAL, test_images INTEGER,
  test_data_loss_error REAL);
CREATE TABLE refit_metric (
  trial INTEGER NOT NULL REFERENCES trial, position INTEGER NOT NULL, name TEXT NOT NULL,
  value REAL, standard_error REAL, higher_is_better INTEGER NOT NULL,
  PRIMARY KEY (trial, name)) WITHOUT ROWID;
CREATE TABLE test_look (
  number INTEGER PRIMARY KEY, trial INTEGER NOT NULL REFERENCES trial, metric TEXT, rule TEXT);
CREATE TABLE outer_fold (
  fold INTEGER PRIMARY KEY, images INTEGER NOT NULL, score REAL, standard_error REAL);
CREATE TABLE outer_parameter (
  fold INTEGER NOT NULL REFERENCES outer_fold, name TEXT NOT NULL, value REAL NOT NULL,
  PRIMARY KEY (fold, name));

CREATE VIEW settings AS SELECT name, value FROM setting ORDER BY rowid;
CREATE VIEW trials AS
  SELECT number AS trial,
         (SELECT json_group_object(name, value) FROM parameters WHERE trial = number) AS parameters,
         status, score, standard_error, epochs, chosen
  FROM trial ORDER BY number;
CREATE VIEW decisions AS
  SELECT number, nullif(trial, 0) AS trial, reason FROM decision ORDER BY number;
CREATE VIEW parameters AS
  SELECT trial, name, coalesce(label, value) AS value
  FROM parameter LEFT JOIN label USING (name, value) ORDER BY trial, name;
CREATE VIEW folds AS
  SELECT trial, fold, share, status, score, standard_error, epochs, seconds FROM fold
  ORDER BY trial, fold, share;
CREATE VIEW training_values AS
  SELECT trial, fold, share, name, value FROM training_value ORDER BY trial, fold, share, name;
CREATE VIEW metrics AS
  SELECT trial, fold, share, epoch, part, name, value, standard_error, higher_is_better
  FROM epoch_metric ORDER BY trial, fold, share, epoch, part, position;
CREATE VIEW refit_metrics AS
  SELECT trial, name, value, standard_error, higher_is_better FROM refit_metric
  ORDER BY trial, position;
CREATE VIEW test_looks AS SELECT number, trial, metric, rule FROM test_look ORDER BY number;
CREATE VIEW outer_folds AS
  SELECT fold,
         (SELECT json_group_object(name, coalesce(label, value))
            FROM outer_parameter p LEFT JOIN label USING (name, value) WHERE p.fold = o.fold)
           AS chosen,
         images, score, standard_error
  FROM outer_fold o ORDER BY fold;
-- Metrics that had columns before there was a view of all of them keep their columns.
CREATE VIEW epochs AS
  SELECT trial, fold, share, epoch, seconds, images_per_second, learning_rate, l2, decay_shrink,
         train_data_loss, train_penalty, train_objective,
         (SELECT value FROM epoch_metric m WHERE m.trial = e.trial AND m.fold = e.fold
            AND m.share = e.share AND m.epoch = e.epoch AND part = 'train' AND name = 'accuracy') AS train_accuracy,
         (SELECT value FROM epoch_metric m WHERE m.trial = e.trial AND m.fold = e.fold
            AND m.share = e.share AND m.epoch = e.epoch AND part = 'train' AND name = 'top5') AS train_top5,
         val_data_loss, val_penalty, val_objective,
         (SELECT value FROM epoch_metric m WHERE m.trial = e.trial AND m.fold = e.fold
            AND m.share = e.share AND m.epoch = e.epoch AND part = 'val' AND name = 'accuracy') AS val_accuracy,
         (SELECT value FROM epoch_metric m WHERE m.trial = e.trial AND m.fold = e.fold
            AND m.share = e.share AND m.epoch = e.epoch AND part = 'val' AND name = 'top5') AS val_top5,
         val_data_loss_error,
         (SELECT standard_error FROM epoch_metric m WHERE m.trial = e.trial AND m.fold = e.fold
            AND m.share = e.share AND m.epoch = e.epoch AND part = 'val' AND name = 'accuracy') AS val_accuracy_error
  FROM epoch e ORDER BY trial, fold, share, epoch;
CREATE VIEW refits AS
  SELECT trial, epochs, seconds, test_data_loss, test_penalty, test_objective,
         (SELECT value FROM refit_metric m
            WHERE m.trial = r.trial AND name = 'accuracy') AS test_accuracy,
         (SELECT value FROM refit_metric m
            WHERE m.trial = r.trial AND name = 'top5') AS test_top5,
         test_data_loss_error,
         (SELECT standard_error FROM refit_metric m
            WHERE m.trial = r.trial AND name = 'accuracy') AS test_accuracy_error
  FROM refit r;
)sql";

}  // namespace ridgeline::selection
