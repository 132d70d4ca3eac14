// Another project's program: it sees nothing but what was installed.
#include <ridgeline/ridgeline.hpp>

#include <cstdio>

int main() {
  std::printf("%s %s\n", RIDGELINE_VERSION, ridgeline::Shape{3, 32, 32}.text().c_str());
  return ridgeline::version() == RIDGELINE_VERSION ? 0 : 1;
}
