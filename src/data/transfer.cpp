#include "data/transfer.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>

#include "ridgeline/error.hpp"

namespace ridgeline::data {
namespace {

namespace fs = std::filesystem;

/// The state of a transfer, for libcurl's callbacks.
struct Progress {
  const Transfer& transfer;
  std::FILE* file;
  std::uint64_t there;
  std::string problem;
  std::exception_ptr thrown;
  bool interrupted = false;
};

std::size_t on_data(char* bytes, std::size_t, std::size_t count, void* user) {
  auto& progress = *static_cast<Progress*>(user);
  if (progress.there + count > progress.transfer.bytes) {
    progress.problem =
        fmt::format("it sends more than the {} bytes of the file", progress.transfer.bytes);
    return 0;
  }
  if (std::fwrite(bytes, 1, count, progress.file) != count) {
    progress.problem = fmt::format("{} cannot be written: {}", progress.transfer.file.string(),
                                   std::strerror(errno));
    return 0;
  }
  progress.there += count;
  return count;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& progress = *static_cast<Progress*>(user);
  try {
    progress.interrupted = !progress.transfer.on_progress(progress.there);
  } catch (...) {
    progress.thrown = std::current_exception();
  }
  return progress.interrupted || progress.thrown ? 1 : 0;
}

/// Returns true when done, false if the server cannot continue from `begin`.
bool fetch_from(const Transfer& transfer, std::uint64_t begin) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 curl_easy_cleanup);
  if (!curl) throw ResourceError("libcurl cannot be started");
  std::unique_ptr<std::FILE, decltype(&std::fclose)> file(
      std::fopen(transfer.file.c_str(), begin == 0 ? "wb" : "ab"), std::fclose);
  if (!file) {
    throw ResourceError(
        fmt::format("{}: cannot be written: {}", transfer.file.string(), std::strerror(errno)));
  }
  Progress progress{transfer, file.get(), begin, {}, {}};
  std::array<char, CURL_ERROR_SIZE> reason{};
  const auto set = [&](CURLoption option, auto value) {
    curl_easy_setopt(curl.get(), option, value);
  };
  set(CURLOPT_URL, transfer.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "https,http,file");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "https,http");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_FAILONERROR, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "ridgeline");
  set(CURLOPT_CONNECTTIMEOUT, 30L);
  // At less than 100 bytes a second for a minute, the transfer has failed.
  set(CURLOPT_LOW_SPEED_LIMIT, 100L);
  set(CURLOPT_LOW_SPEED_TIME, 60L);
  set(CURLOPT_ERRORBUFFER, reason.data());
  set(CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(begin));
  set(CURLOPT_WRITEFUNCTION, on_data);
  set(CURLOPT_WRITEDATA, &progress);
  if (transfer.on_progress) {
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, on_progress);
    set(CURLOPT_XFERINFODATA, &progress);
  }
  const CURLcode code = curl_easy_perform(curl.get());
  const bool written = std::fclose(file.release()) == 0;
  const int write_error = errno;

  if (progress.thrown) std::rethrow_exception(progress.thrown);
  if (progress.interrupted) {
    throw Error(ErrorKind::interrupted,
                fmt::format("the download of {} was interrupted: the same command continues it",
                            transfer.url));
  }
  if (!progress.problem.empty()) {
    throw ResourceError(fmt::format("{}: {}", transfer.url, progress.problem));
  }
  if (code == CURLE_RANGE_ERROR || code == CURLE_BAD_DOWNLOAD_RESUME) return false;
  if (code != CURLE_OK) {
    throw ResourceError(
        fmt::format("{}: {}", transfer.url, reason[0] ? reason.data() : curl_easy_strerror(code)));
  }
  if (!written) {
    throw ResourceError(fmt::format("{}: cannot be written: {}", transfer.file.string(),
                                    std::strerror(write_error)));
  }
  return true;
}

}  // namespace

void fetch(const Transfer& transfer) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw ResourceError("libcurl cannot be started");

  std::error_code error;
  std::uint64_t begin = fs::file_size(transfer.file, error);
  if (error || begin > transfer.bytes) begin = 0;
  if (begin == transfer.bytes) return;
  if (!fetch_from(transfer, begin)) fetch_from(transfer, 0);
}

}  // namespace ridgeline::data
