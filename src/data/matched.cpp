#include "data/matched.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "data/wrapper.hpp"
#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

class Renumbered final : public WrappedSource {
 public:
  Renumbered(std::shared_ptr<const SampleSource> source, std::vector<std::int32_t> places,
             std::vector<std::string> names)
      : WrappedSource(std::move(source)),
        places_(std::move(places)),
        schema_{"classify", std::move(names)} {}
  const TargetSchema& schema() const override { return schema_; }
  Target target(std::size_t i) const override {
    const Target own = source().target(i);
    if (const auto* label = std::get_if<std::int32_t>(&own)) {
      return places_.at(static_cast<std::size_t>(*label));
    }
    const auto* soft = std::get_if<std::vector<float>>(&own);
    if (!soft) return own;
    std::vector<float> values(schema_.names.size());
    for (std::size_t c = 0; c < soft->size(); ++c) {
      values[static_cast<std::size_t>(places_[c])] += (*soft)[c];
    }
    return values;
  }

 private:
  std::vector<std::int32_t> places_;
  TargetSchema schema_;
};

}  // namespace

Dataset with_names(const Dataset& data, const std::vector<std::string>& names) {
  if (!data.has_targets() || names.empty() || data.names() == names) return data;
  std::vector<std::int32_t> places;
  for (const std::string& name : data.names()) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end() || !data.has_classes()) {
      throw DataError(
          fmt::format("the images of {} have the names {}, and those that were trained on have {}",
                      data.name(0), fmt::join(data.names(), ", "), fmt::join(names, ", ")));
    }
    places.push_back(static_cast<std::int32_t>(found - names.begin()));
  }
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < data.size(); ++i) {
    indices.push_back(static_cast<std::size_t>(data.id(i)));
  }
  const auto source = std::make_shared<const Renumbered>(data.source(), places, names);
  const Dataset renumbered = Dataset(source).subset(indices);
  return data.preprocessing() ? renumbered.fitted(*data.preprocessing()) : renumbered;
}

}  // namespace ridgeline::data
