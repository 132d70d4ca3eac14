#include "data/download.hpp"

namespace ridgeline::data {
namespace {

/// The same file under several addresses.
RemoteFile mirrored(const std::vector<std::string>& bases, const std::string& name,
                    std::uint64_t bytes, std::string sha256) {
  RemoteFile file{name, {}, bytes, std::move(sha256)};
  for (const std::string& base : bases) file.urls.push_back(base + name);
  return file;
}

}  // namespace

// Sizes and checksums of the authors' files. TensorFlow Datasets records the same ones.
const std::vector<RemoteSet>& remote_sets() {
  static const std::vector<std::string> toronto{"https://www.cs.toronto.edu/~kriz/"};
  static const std::vector<std::string> zalando{
      "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"};
  static const std::vector<std::string> lecun{
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://storage.googleapis.com/cvdf-datasets/mnist/"};
  static const std::vector<RemoteSet> sets{
      {"cifar10",
       "cifar-10-batches-bin",
       {mirrored(toronto, "cifar-10-binary.tar.gz", 170052171,
                 "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")},
       true},
      {"cifar100",
       "cifar-100-binary",
       {mirrored(toronto, "cifar-100-binary.tar.gz", 168513733,
                 "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec")},
       true},
      {"fashion-mnist",
       "fashion-mnist",
       {mirrored(zalando, "train-images-idx3-ubyte.gz", 26421880,
                 "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        mirrored(zalando, "train-labels-idx1-ubyte.gz", 29515,
                 "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        mirrored(zalando, "t10k-images-idx3-ubyte.gz", 4422102,
                 "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        mirrored(zalando, "t10k-labels-idx1-ubyte.gz", 5148,
                 "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")}},
      {"mnist",
       "mnist",
       {mirrored(lecun, "train-images-idx3-ubyte.gz", 9912422,
                 "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        mirrored(lecun, "train-labels-idx1-ubyte.gz", 28881,
                 "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        mirrored(lecun, "t10k-images-idx3-ubyte.gz", 1648877,
                 "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        mirrored(lecun, "t10k-labels-idx1-ubyte.gz", 4542,
                 "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")}},
  };
  return sets;
}

}  // namespace ridgeline::data
