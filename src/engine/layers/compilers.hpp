#pragma once
// One compiler per kind of layer, each in a file of its own; registry.cpp has the table.

#include "engine/builder.hpp"

namespace ridgeline::engine {

Backward compile_conv2d(PlanBuilder& plan, const NodeContext& node);
Backward compile_dense(PlanBuilder& plan, const NodeContext& node);
Backward compile_max_pool2d(PlanBuilder& plan, const NodeContext& node);
Backward compile_average_pool2d(PlanBuilder& plan, const NodeContext& node);
Backward compile_adaptive_average_pool2d(PlanBuilder& plan, const NodeContext& node);
Backward compile_global_average_pool2d(PlanBuilder& plan, const NodeContext& node);
Backward compile_flatten(PlanBuilder& plan, const NodeContext& node);
Backward compile_batch_norm2d(PlanBuilder& plan, const NodeContext& node);
Backward compile_dropout(PlanBuilder& plan, const NodeContext& node);
Backward compile_add(PlanBuilder& plan, const NodeContext& node);
Backward compile_concat(PlanBuilder& plan, const NodeContext& node);
Backward compile_activation(PlanBuilder& plan, const NodeContext& node);
Backward compile_normalize(PlanBuilder& plan, const NodeContext& node);
Backward compile_upsample2d(PlanBuilder& plan, const NodeContext& node);
Backward compile_spatial_dropout2d(PlanBuilder& plan, const NodeContext& node);
Backward compile_gaussian_noise(PlanBuilder& plan, const NodeContext& node);
Backward compile_activity_regularization(PlanBuilder& plan, const NodeContext& node);
/// Of any OwnLayer.
Backward compile_own_layer(PlanBuilder& plan, const NodeContext& node);

}  // namespace ridgeline::engine
