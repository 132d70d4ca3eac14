#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "archives.hpp"
#include "images.hpp"
#include "ridgeline/error.hpp"
#include "ridgeline/sources.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> described(const SampleSource& source, const fs::path& root) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const Target target = source.target(i);
    const auto* label = std::get_if<std::int32_t>(&target);
    all.push_back(source.name(i).substr(root.string().size() + 1) +
                  (label == nullptr ? "" : "=" + source.schema().names.at(*label)));
  }
  return all;
}

struct ClassFolders : testing::Test {
  void write(const std::vector<std::string>& files) {
    for (const std::string& file : files) folder.write(file, "x");
  }
  SampleParts open(const FolderOptions& options = {}) {
    return class_folders(folder.path(), options);
  }
  std::string error(const FolderOptions& options = {}) {
    return message_of<DataError>([&] { open(options); });
  }
  std::vector<std::string> described(const SampleSource& source) {
    return data::described(source, folder.path());
  }
  test::Folder folder;
};

TEST_F(ClassFolders, WithoutParts) {
  write({"dog/1.JPG", "cat/a/b/2.png", "cat/3.webp", "cat/notes.txt", "readme.txt"});
  const SampleParts parts = open();
  EXPECT_THAT(described(*parts.train),
              ElementsAre("cat/3.webp=cat", "cat/a/b/2.png=cat", "dog/1.JPG=dog"));
  EXPECT_EQ(parts.train->schema().task, "classify");
  EXPECT_EQ(parts.validation, nullptr);
  EXPECT_EQ(parts.test, nullptr);
  EXPECT_THAT(parts.notes, ElementsAre(HasSubstr("cat/notes.txt is not an image by its name")));
}

TEST_F(ClassFolders, WithParts) {
  for (const char* name : {"val", "valid", "validation"}) {
    test::Folder other;
    for (const std::string& file : {std::string("train/b/1.jpg"), std::string("train/a/2.jpg"),
                                    std::string(name) + "/a/3.jpg", std::string("test/b/4.jpg")}) {
      other.write(file, "x");
    }
    const SampleParts parts = class_folders(other.path());
    EXPECT_THAT(data::described(*parts.train, other.path()),
                ElementsAre("train/a/2.jpg=a", "train/b/1.jpg=b"));
    ASSERT_NE(parts.validation, nullptr);
    EXPECT_THAT(data::described(*parts.validation, other.path()),
                ElementsAre(std::string(name) + "/a/3.jpg=a"));
    EXPECT_THAT(data::described(*parts.test, other.path()), ElementsAre("test/b/4.jpg=b"));
  }
}

TEST_F(ClassFolders, NamedParts) {
  write({"fold1/a/1.jpg", "fold1/b/2.jpg", "fold2/a/3.jpg", "rest/b/4.jpg"});
  const SampleParts parts = open({.train = "fold1", .validation = "fold2", .test = "rest"});
  EXPECT_EQ(parts.train->size(), 2U);
  EXPECT_EQ(parts.validation->size(), 1U);
  EXPECT_EQ(parts.test->size(), 1U);
  EXPECT_THAT(error({.validation = "fold2"}), HasSubstr("name the one for training, too"));
  EXPECT_THAT(error({.train = "fold3"}),
              HasSubstr("no folder \"fold3\" in it: it has fold1, fold2"));
}

TEST_F(ClassFolders, ClassesThatAreCalledAsParts) {
  write({"test/1.jpg", "control/2.jpg"});
  EXPECT_THAT(open().train->schema().names, ElementsAre("control", "test"));
}

TEST_F(ClassFolders, FlatTestImagesHaveNoTargets) {
  write({"train/a/1.jpg", "train/b/2.jpg", "test/9.jpg", "test/8.jpg"});
  const SampleParts parts = open();
  EXPECT_THAT(described(*parts.test), ElementsAre("test/8.jpg", "test/9.jpg"));
  EXPECT_EQ(parts.test->schema().task, "");
  write({"val/1.jpg"});
  EXPECT_THAT(error(), HasSubstr("val: holds no class folders"));
}

TEST_F(ClassFolders, EmptyClassFolder) {
  write({"train/a/1.jpg", "train/b/2.jpg"});
  fs::create_directories(folder / "train/c");
  EXPECT_THAT(error(), HasSubstr("train/c: the class folder holds no images: remove the class, or "
                                 "set data.allow_empty = true"));
  write({"train/c/deep/x.pdf"});
  EXPECT_THAT(error(), HasSubstr("(1 other files; images are jpg, jpeg, png"));
  EXPECT_THAT(open({.allow_empty = true}).train->schema().names, ElementsAre("a", "b", "c"));
}

TEST_F(ClassFolders, OneClassOnly) {
  write({"train/cats/1.jpg", "train/cats/2.jpg"});
  EXPECT_THAT(error(), HasSubstr("train: has one class folder only, cats: a classifier needs at "
                                 "least two"));
}

TEST_F(ClassFolders, NoClasses) {
  write({"1.jpg", "2.jpg"});
  EXPECT_THAT(error(), HasSubstr("holds images and no class folders"));
  test::Folder empty;
  EXPECT_THAT(message_of<DataError>([&] { class_folders(empty.path()); }),
              HasSubstr("holds no images and no class folders"));
}

TEST_F(ClassFolders, PartsWithoutTraining) {
  write({"val/a/1.jpg", "test/b/2.jpg"});
  EXPECT_THAT(error(), HasSubstr("has test, val and no folder train"));
  write({"train/a/1.jpg", "train/b/1.jpg", "valid/a/1.jpg"});
  EXPECT_THAT(error(), HasSubstr("has both val and valid"));
}

TEST_F(ClassFolders, ClassThatTrainingDoesNotHave) {
  write({"train/cat/1.jpg", "train/dog/2.jpg", "val/cat/3.jpg", "val/dogs/4.jpg"});
  EXPECT_THAT(error(), HasSubstr("val/dogs: the class \"dogs\" is not among those of training; is "
                                 "\"dog\" meant?"));
}

TEST_F(ClassFolders, LooseImagesAreSaid) {
  write({"train/cat/1.jpg", "train/dog/2.jpg", "train/3.jpg"});
  const SampleParts parts = open();
  EXPECT_EQ(parts.train->size(), 2U);
  EXPECT_THAT(parts.notes, ElementsAre(HasSubstr("1 images are directly in")));
}

TEST_F(ClassFolders, GroupsAreFoldersBelowTheClass) {
  write({"benign/p1/1.jpg", "benign/p1/2.jpg", "malignant/p1/3.jpg", "malignant/p2/4.jpg",
         "malignant/5.jpg"});
  const auto train = open({.group_by_folder = true}).train;
  EXPECT_EQ(train->group(0), train->group(1));
  // 5.jpg comes before the folders of its class.
  EXPECT_EQ(train->group(2), -1);
  EXPECT_EQ(train->group(3), train->group(0));
  EXPECT_NE(train->group(4), train->group(0));
  EXPECT_EQ(open().train->group(0), -1);
}

TEST_F(ClassFolders, SynsetsGetTheirNames) {
  write({"train/n02012849/1.JPEG", "train/n01440764/2.JPEG", "train/n03126707/3.JPEG"});
  folder.write("LOC_synset_mapping.txt",
               "n01440764 tench, Tinca tinca\nn02012849 crane\nn03126707 crane\n");
  EXPECT_THAT(open().train->schema().names,
              ElementsAre("tench", "crane (n02012849)", "crane (n03126707)"));
}

TEST_F(ClassFolders, KaggleImageNet) {
  write({"ILSVRC/Data/CLS-LOC/train/n01440764/1.JPEG", "ILSVRC/Data/CLS-LOC/train/n02012849/2.JPEG",
         "ILSVRC/Data/CLS-LOC/val/ILSVRC2012_val_00000001.JPEG",
         "ILSVRC/Data/CLS-LOC/test/ILSVRC2012_test_00000001.JPEG"});
  folder.write("LOC_synset_mapping.txt", "n01440764 tench, Tinca tinca\nn02012849 crane\n");
  folder.write("LOC_val_solution.csv",
               "ImageId,PredictionString\nILSVRC2012_val_00000001,n02012849 1 2 3 4\n");
  const SampleParts parts = open();
  EXPECT_THAT(parts.train->schema().names, ElementsAre("tench", "crane"));
  EXPECT_EQ(parts.validation->target(0), Target(1));
  EXPECT_EQ(parts.test->target(0), Target());
  folder.write("LOC_val_solution.csv", "ImageId,PredictionString\n");
  EXPECT_THAT(error(), HasSubstr("LOC_val_solution.csv: does not name the image"));
}

TEST_F(ClassFolders, TinyImageNet) {
  write({"train/n01/images/1.JPEG", "train/n02/images/2.JPEG", "val/images/val_0.JPEG",
         "test/images/test_0.JPEG"});
  folder.write("train/n01/n01_boxes.txt", "1.JPEG\t0\t0\t63\t63\n");
  folder.write("val/val_annotations.txt", "val_0.JPEG\tn02\t0\t32\t44\t62\n");
  folder.write("words.txt", "n01\tgoldfish, Carassius\nn02\tnewt\nn03\tother\n");
  const SampleParts parts = open();
  EXPECT_THAT(described(*parts.validation), ElementsAre("val/images/val_0.JPEG=newt"));
  EXPECT_THAT(described(*parts.test), ElementsAre("test/images/test_0.JPEG"));
  EXPECT_THAT(parts.train->schema().names, ElementsAre("goldfish", "newt"));
}

TEST_F(ClassFolders, AListDecidesTheOrder) {
  write({"cat/1.jpg", "dog/2.jpg"});
  folder.write("classes.txt", "dog\ncat\tHouse cat\r\nbird\n");
  EXPECT_THAT(open().train->schema().names, ElementsAre("dog", "House cat"));
  EXPECT_THAT(error({.classes = (folder / "classes.txt").string()}),
              HasSubstr("bird: there is no such class folder"));
  folder.write("classes.txt", "dog\nkat\n");
  EXPECT_THAT(error(), HasSubstr("does not name the class folder \"cat\" (it names \"kat\")"));
  folder.write("classes.txt", "dog\ncat\ndog\n");
  EXPECT_THAT(error(), HasSubstr("classes.txt:3: names \"dog\" again, after line 1"));
}

TEST_F(ClassFolders, InArchives) {
  const test::Files files{
      {"pets/train/cat/1.jpg", "x"}, {"pets/train/dog/2.jpg", "y"}, {"pets/val/dog/3.jpg", "z"}};
  folder.write("pets.zip", test::zip_of(files, {.deflated = true}));
  folder.write("pets.tar", test::tar_of(files));
  for (const char* name : {"pets.zip", "pets.tar"}) {
    const SampleParts parts = class_folders(folder / name);
    EXPECT_THAT(described(*parts.validation),
                ElementsAre(std::string(name) + "/pets/val/dog/3.jpg=dog"));
  }
}

TEST_F(ClassFolders, ImagesOfAnySizeAreDecoded) {
  folder.write("a/1.png", test::png({.height = 2, .width = 3, .channels = 3, .value = 7}));
  folder.write("b/2.png", test::png({.height = 5, .width = 4, .channels = 1, .value = 9}));
  const auto train = open().train;
  EXPECT_EQ(train->image_shape(), Shape{});
  EXPECT_EQ(train->shape_of(0), (Shape{3, 2, 3}));
  EXPECT_EQ(train->shape_of(1), (Shape{1, 5, 4}));
  EXPECT_EQ(train->image(1).pixels, std::vector<std::uint8_t>(20, 9));
  std::vector<float> pixels(18);
  train->read(0, pixels);
  EXPECT_THAT(pixels, testing::Each(7 / 255.0F));
  EXPECT_THAT(message_of<DataError>([&] { train->read(1, pixels); }), HasSubstr("2.png is 1x5x4"));
  folder.write("b/2.png", "<html></html>");
  EXPECT_THAT(message_of<DataError>([&] { train->image(1); }), HasSubstr("b/2.png: "));
}

TEST(ClassFoldersOnDisk, TinyImageNet) {
  const char* images = std::getenv("RIDGELINE_TEST_IMAGES");
  if (images == nullptr) {
    GTEST_SKIP() << "RIDGELINE_TEST_IMAGES does not name the folder that holds tiny-imagenet-20";
  }
  const fs::path root = fs::path(images) / "tiny-imagenet-20";
  const SampleParts parts = class_folders(root);
  EXPECT_EQ(parts.train->size(), 5000U);
  EXPECT_EQ(parts.validation->size(), 1000U);
  EXPECT_EQ(parts.train->schema().names.size(), 20U);
  EXPECT_EQ(parts.train->shape_of(4999)[1], 64);
}

}  // namespace
}  // namespace ridgeline::data
