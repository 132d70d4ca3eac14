#pragma once
// The targets of a table's rows, from their cells.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/sources/file_samples.hpp"

namespace ridgeline::data {

/// Texts as small numbers, in the order in which they first appear.
class TextPool {
 public:
  std::int32_t add(std::string_view text);
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> numbers_;
  std::vector<std::string> texts_;
};

/// What TableOptions says about targets.
struct TargetColumns {
  std::string task;  ///< empty: "multi-label" if the cells are lists, else "classify"
  std::vector<std::string> columns;
  std::string separator;
};

class TableTargets {
 public:
  explicit TableTargets(TargetColumns columns);

  /// Adds a row's target. Returns false if its cells are empty. Throws DataError that begins with
  /// `where`, "labels.csv:17".
  bool add(std::span<const std::string_view> cells, const std::string& where);

  /// What is known of a row when all have been read.
  struct Row {
    bool training = false, has_target = false;
    std::uint32_t line = 0;
  };
  /// Decides the names of the classes: `listed`, or the sorted labels of the training rows.
  /// Throws DataError for a label that is not among them, and, if neither a task nor classes are
  /// given, for numbers that look like values.
  void finish(std::span<const Row> rows, const std::vector<std::string>& listed,
              const std::string& file);
  const TargetSchema& schema() const { return schema_; }
  /// Whether the task is multi-label because the cells are lists, and not because a task is named.
  bool chose_lists() const { return open_ && names_in_cell_; }
  /// Appends the target of a row.
  void copy(std::size_t row, SampleColumns& columns) const;

 private:
  bool add_class(std::string_view cell, const std::string& where);
  void add_labels(std::string_view cell);
  void refuse_numbers(std::span<const Row> rows, const std::string& file) const;
  bool add_numbers(std::span<const std::string_view> cells, const std::string& where);
  bool named() const { return schema_.task == "classify" || names_in_cell_; }
  std::span<const std::int32_t> labels_of(std::size_t row) const;

  TargetColumns columns_;
  TargetSchema schema_;
  bool open_;  // whether the cells decide the task
  bool names_in_cell_;
  TextPool pool_;
  std::vector<std::int32_t> labels_;
  std::vector<std::uint32_t> ends_;  // of each row in labels_
  std::vector<float> values_;
};

}  // namespace ridgeline::data
