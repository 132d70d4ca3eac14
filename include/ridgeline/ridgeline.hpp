#pragma once
// Everything: networks, data, losses, optimisers, penalties, models, their diagnosis, the choice of
// λ and what it is called elsewhere.

#include "ridgeline/dataset.hpp"
#include "ridgeline/diagnosis.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/lambda.hpp"
#include "ridgeline/layers.hpp"
#include "ridgeline/loss.hpp"
#include "ridgeline/metric.hpp"
#include "ridgeline/model.hpp"
#include "ridgeline/network.hpp"
#include "ridgeline/optimizer.hpp"
#include "ridgeline/optimizers.hpp"
#include "ridgeline/precision.hpp"
#include "ridgeline/regularize.hpp"
#include "ridgeline/selection.hpp"
#include "ridgeline/shape.hpp"
#include "ridgeline/shrink.hpp"
#include "ridgeline/version.hpp"
