#include "select/workers.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include "ridgeline/error.hpp"
#include "tensor/shell_word.hpp"

namespace ridgeline::selection {
namespace {

using std::filesystem::path;

path lock_file(const path& folder, int worker) {
  return folder / fmt::format("study.worker-{}", worker);
}

bool is_alive(const path& folder, int worker) {
  const int file = open(lock_file(folder, worker).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno != ENOENT;
  // A shared lock, so that two programs that ask at the same time do not see each other.
  const bool alive = flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(file);
  return alive;
}

void remove_worker(Database& database, const path& folder, int worker) {
  // The file first: if this program is killed now, the rows of a worker without a file are void.
  std::error_code ignored;
  std::filesystem::remove(lock_file(folder, worker), ignored);
  for (const char* sql :
       {"DELETE FROM claim WHERE worker = ?", "DELETE FROM worker WHERE number = ?"}) {
    database.prepare(sql).bind(worker).run();
  }
}

// The system frees the locks of a process that ends one after another. That of a run may come after
// that of the worker.
void wait_for_other_locks() {
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
}

std::vector<WorkerProcess> known_workers(Database& database) {
  std::vector<WorkerProcess> workers;
  Statement row = database.prepare("SELECT number, process FROM worker ORDER BY number");
  while (row.next()) {
    workers.push_back({static_cast<int>(row.integer(0)), static_cast<int>(row.integer(1))});
  }
  return workers;
}

Statement& bind_id(Statement& statement, const TrainingId& id) {
  return statement.bind(id.trial).bind(id.fold).bind(id.share);
}

/// The worker that has claimed a training; 0: none.
int owner_of(Database& database, const TrainingId& id) {
  Statement row =
      database.prepare("SELECT worker FROM claim WHERE trial = ? AND fold = ? AND share = ?");
  bind_id(row, id);
  return row.next() ? static_cast<int>(row.integer(0)) : 0;
}

}  // namespace

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::vector<WorkerProcess> workers_of(Database& database, const path& folder) {
  std::vector<WorkerProcess> workers = known_workers(database);
  std::erase_if(workers, [&](const WorkerProcess& w) { return !is_alive(folder, w.number); });
  return workers;
}

Worker::Worker(Database& database, path folder, bool join)
    : database_(database), folder_(std::move(folder)) {
  // Nobody else can register, or look for dead workers, during this transaction.
  Transaction transaction(database_);
  for (const auto& [worker, process] : known_workers(database_)) {
    if (!is_alive(folder_, worker)) {
      remove_worker(database_, folder_, worker);
      wait_for_other_locks();
    } else if (!join) {
      throw ResourceError(fmt::format(
          "the study {0} is in use by another program, process {1}: wait until that has ended, or "
          "take part in its work with ridgeline select --join {2}",
          folder_.string(), process, shell_word(folder_.string())));
    }
    number_ = worker;
  }
  ++number_;
  const path file = lock_file(folder_, number_);
  constexpr int mode = 0666;
  lock_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, mode);
  if (lock_ < 0) {
    throw ResourceError(fmt::format("{}: the file cannot be made: {}", file.string(),
                                    std::generic_category().message(errno)));
  }
  // On a file system without locks one program works on a study.
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0 && join) {
    close(lock_);
    throw ResourceError(fmt::format(
        "the file system of {} has no locks, so that only one program can work on the study: use "
        "ridgeline select --resume {}",
        folder_.string(), shell_word(folder_.string())));
  }
  try {
    database_.prepare("INSERT INTO worker (number, process, since) VALUES (?, ?, ?)")
        .bind(number_)
        .bind(static_cast<int>(getpid()))
        .bind(now())
        .run();
    transaction.commit();
  } catch (...) {
    close(lock_);
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    throw;
  }
}

Worker::~Worker() {
  try {
    Transaction transaction(database_);
    remove_worker(database_, folder_, number_);
    transaction.commit();
  } catch (...) {
    // Without its lock, the rows of this worker are void.
  }
  close(lock_);
}

bool Worker::has_company() const {
  return workers_of(database_, folder_).size() > 1;
}

bool Worker::claim(const TrainingId& id) {
  // First without a transaction, which writers would wait for.
  const auto is_taken = [&](int owner) { return owner != 0 && is_alive(folder_, owner); };
  if (is_taken(owner_of(database_, id))) return false;
  Transaction transaction(database_);
  const int owner = owner_of(database_, id);
  if (is_taken(owner)) return false;
  if (owner != 0) {
    remove_worker(database_, folder_, owner);
    wait_for_other_locks();
  }
  Statement row = database_.prepare(
      "INSERT INTO claim (trial, fold, share, worker, since) VALUES (?, ?, ?, ?, ?)");
  bind_id(row, id).bind(number_).bind(now()).run();
  transaction.commit();
  return true;
}

void Worker::release(const TrainingId& id) {
  Statement row = database_.prepare(
      "DELETE FROM claim WHERE trial = ? AND fold = ? AND share = ? AND worker = ?");
  bind_id(row, id).bind(number_).run();
}

void Worker::mark(const TrainingId& id, int epoch, const Mark& mark) {
  Statement row = database_.prepare(
      "UPDATE claim SET epoch = ?, epochs = ? WHERE trial = ? AND fold = ? AND share = ?");
  row.bind(epoch).bind(mark.epochs);
  bind_id(row, id).run();
  const double time = now();
  database_.prepare("UPDATE state SET done = ?, changed = ?").bind(mark.done).bind(time).run();
  database_
      .prepare(
          "UPDATE worker SET first_time = ?, first_done = ? WHERE number = ? AND first_time IS "
          "NULL")
      .bind(time)
      .bind(mark.done)
      .bind(number_)
      .run();
}

}  // namespace ridgeline::selection
