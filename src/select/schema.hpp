#pragma once
// The tables and views of a study. docs/study.md says what the views hold.

namespace ridgeline::selection {

inline constexpr int application_id = 0x52444731;  // "RDG1"
inline constexpr int schema_version = 2;

// Metrics are null where nothing was measured, or nothing finite.
inline constexpr const char* schema = R"sql(
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE trial (
  number INTEGER PRIMARY KEY, status TEXT NOT NULL DEFAULT 'waiting', score REAL,
  standard_error REAL, epochs INTEGER, chosen INTEGER NOT NULL DEFAULT 0);
CREATE TABLE parameter (
  trial INTEGER NOT NULL REFERENCES trial, name TEXT NOT NULL, value REAL NOT NULL,
  PRIMARY KEY (trial, name));
CREATE TABLE fold (
  trial INTEGER NOT NULL REFERENCES trial, fold INTEGER NOT NULL, status TEXT NOT NULL,
  score REAL, standard_error REAL, epochs INTEGER NOT NULL, seconds REAL NOT NULL,
  PRIMARY KEY (trial, fold));
CREATE TABLE epoch (
  trial INTEGER NOT NULL REFERENCES trial, fold INTEGER NOT NULL, epoch INTEGER NOT NULL,
  seconds REAL, images_per_second REAL, learning_rate REAL, l2 REAL, decay_shrink REAL,
  train_data_loss REAL, train_penalty REAL, train_objective REAL, train_accuracy REAL,
  train_top5 REAL, train_images INTEGER,
  val_data_loss REAL, val_penalty REAL, val_objective REAL, val_accuracy REAL,
  val_top5 REAL, val_images INTEGER, val_data_loss_error REAL, val_accuracy_error REAL,
  PRIMARY KEY (trial, fold, epoch));
CREATE TABLE refit (
  trial INTEGER PRIMARY KEY REFERENCES trial, epochs INTEGER NOT NULL, seconds REAL NOT NULL,
  test_data_loss REAL, test_penalty REAL, test_objective REAL, test_accuracy REAL,
  test_top5 REAL, test_images INTEGER, test_data_loss_error REAL, test_accuracy_error REAL);

CREATE VIEW settings AS SELECT name, value FROM setting ORDER BY rowid;
CREATE VIEW trials AS
  SELECT number AS trial,
         (SELECT json_group_object(name, value) FROM parameter WHERE trial = number) AS parameters,
         status, score, standard_error, epochs, chosen
  FROM trial ORDER BY number;
CREATE VIEW parameters AS SELECT trial, name, value FROM parameter ORDER BY trial, name;
CREATE VIEW folds AS
  SELECT trial, fold, status, score, standard_error, epochs, seconds FROM fold
  ORDER BY trial, fold;
CREATE VIEW epochs AS
  SELECT trial, fold, epoch, seconds, images_per_second, learning_rate, l2, decay_shrink,
         train_data_loss, train_penalty, train_objective, train_accuracy, train_top5,
         val_data_loss, val_penalty, val_objective, val_accuracy, val_top5,
         val_data_loss_error, val_accuracy_error
  FROM epoch ORDER BY trial, fold, epoch;
CREATE VIEW refits AS
  SELECT trial, epochs, seconds, test_data_loss, test_penalty, test_objective, test_accuracy,
         test_top5, test_data_loss_error, test_accuracy_error
  FROM refit;
)sql";

}  // namespace ridgeline::selection
