// The order of a rung's trainings, and what of it methods see.
#include "select/queue.hpp"

#include <gtest/gtest.h>

namespace ridgeline::selection {
namespace {

class SharedQueue : public testing::Test {
 protected:
  SharedQueue() {
    board_.add({{{"a", 1}}, {{"a", 2}}});
    for (const Request& request : rung_) board_.ask(request);
  }

  void finish(const Request& request, const std::string& status) {
    board_.add(request, {.status = status});
  }

  const std::vector<Request> rung_{{{1, 1}}, {{1, 2}}, {{1, 3}}, {{2, 1}}};
  Board board_;
};

TEST_F(SharedQueue, GivesWhatWasPutOffAfterAllOthers) {
  TrainingQueue queue(board_, rung_);
  queue.put_off(*queue.next());
  EXPECT_FALSE(queue.only_put_off());
  for (const std::size_t i : {1U, 2U, 3U}) EXPECT_EQ(queue.next(), rung_[i]);
  EXPECT_TRUE(queue.only_put_off());
  EXPECT_EQ(queue.next(), rung_[0]);
  EXPECT_EQ(queue.next(), std::nullopt);
}

TEST_F(SharedQueue, LeavesOutWhatFollowsADivergedTraining) {
  TrainingQueue queue(board_, rung_);
  queue.put_off(*queue.next());
  EXPECT_EQ(queue.next(), rung_[1]);
  finish(rung_[1], "diverged");
  EXPECT_EQ(queue.next(), rung_[3]) << "fold 3 is left out";
  EXPECT_EQ(queue.next(), rung_[0]) << "fold 1 is not: alone, this process would have trained it";
}

TEST_F(SharedQueue, LeavesOutATrialThatDivergedInAnEarlierRung) {
  finish(rung_[0], "diverged");
  const Request later{{1, 1, 0.5}};
  board_.ask(later);
  TrainingQueue queue(board_, {later, {{2, 2}}});
  EXPECT_EQ(queue.next()->id.trial, 2);
}

TEST_F(SharedQueue, MethodsDoNotSeeWhatFollowsADivergedTraining) {
  finish(rung_[0], "done");
  finish(rung_[1], "diverged");
  finish(rung_[2], "done");
  finish(rung_[3], "done");
  board_.settle(rung_);
  EXPECT_TRUE(board_.find(rung_[0]));
  EXPECT_TRUE(board_.find(rung_[1]));
  EXPECT_FALSE(board_.find(rung_[2]));
  EXPECT_TRUE(board_.find(rung_[3]));
}

}  // namespace
}  // namespace ridgeline::selection
