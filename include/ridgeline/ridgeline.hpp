#pragma once
// Everything: networks, data, losses, optimisers, penalties, models, their diagnosis and the choice
// of λ.

#include "ridgeline/dataset.hpp"
#include "ridgeline/diagnosis.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/layers.hpp"
#include "ridgeline/loss.hpp"
#include "ridgeline/model.hpp"
#include "ridgeline/network.hpp"
#include "ridgeline/optimizer.hpp"
#include "ridgeline/precision.hpp"
#include "ridgeline/regularize.hpp"
#include "ridgeline/selection.hpp"
#include "ridgeline/shape.hpp"
#include "ridgeline/version.hpp"
