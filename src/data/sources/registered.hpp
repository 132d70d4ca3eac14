#pragma once
// Folders of classes and tables of images, as data.source names them.

#include "ridgeline/dataset.hpp"

namespace ridgeline::data {

DataSource folder_source();
DataSource table_source();

}  // namespace ridgeline::data
