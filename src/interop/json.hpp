#pragma once
// Networks and training settings as JSON text, for the metadata of model files. Reading throws
// DataError that begins with the name of what is read.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ridgeline/attributes.hpp"
#include "ridgeline/loss.hpp"
#include "ridgeline/network.hpp"
#include "ridgeline/optimizer.hpp"
#include "ridgeline/regularize.hpp"

namespace ridgeline::interop {

/// {"filters": 32, "activation": "relu"}. A list without elements comes back as one of reals.
std::string to_json(const Attributes& attributes);
Attributes attributes_from_json(std::string_view text);

/// {"kind": "conv2d", "attributes": {...}}, with a "name" if the layer has one.
std::string to_json(const Layer& layer);
Layer layer_from_json(std::string_view text);

/// A list of layers in order, each with the names of its "inputs" ("input": the image). The
/// penalties of layers are not in it; a Model has them among its rules.
std::string to_json(const Network& network);
Network network_from_json(std::string_view text);

/// A number if it is constant, else {"kind": "cosine", "from": 1e-3, "to": 0, ...}.
std::string to_json(const Schedule& schedule);
Schedule schedule_from_json(std::string_view text);

/// {"l2", "l1", "decay", ..., "exclude", "rules"}.
std::string to_json(const Regularize& regularize);
Regularize regularize_from_json(std::string_view text);

/// {"l2", "l1", "decay"}, and all other strengths.
Penalty penalty_from_json(std::string_view text);

/// {"kind": "cross-entropy", "attributes": {...}}. `make` is make_loss.
std::string to_json(const Loss& loss);
LossPtr loss_from_json(std::string_view text, LossPtr (*make)(std::string_view, const Attributes&));

/// {"kind": "adam", "attributes", "learning_rate", "clip_norm", ...}. `make` is make_optimizer.
std::string to_json(const OptimizerSetting& setting);
OptimizerSetting optimizer_from_json(std::string_view text,
                                     std::shared_ptr<const Optimizer> (*make)(std::string_view,
                                                                              const Attributes&));

/// The penalty of each parameter, by its name: {"dense_1.kernel": {"l2", "l1", "decay"}, ...}.
std::string to_json(const std::vector<Parameter>& parameters,
                    const std::vector<Penalty>& penalties);

std::string to_json(const std::vector<std::string>& words);
std::vector<std::string> words_from_json(std::string_view text);

std::string to_json(const Shape& shape);
Shape shape_from_json(std::string_view text);

}  // namespace ridgeline::interop
