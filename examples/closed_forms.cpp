// Problems whose exact solution is known: training must find it. Ridge regression, the lasso, the
// elastic net and logistic regression are networks of one linear layer, and are compared with their
// solutions in double precision. The shrinkage of gradient descent along each singular direction is
// compared with its formula. Ends with 1 if anything differs by more than 1e-5.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <iostream>
#include <random>
#include <ridgeline/ridgeline.hpp>
#include <vector>

namespace rl = ridgeline;

namespace {

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;

constexpr int images = 60, pixels = 6;
constexpr double tolerance = 1e-5;

// An "image" is `pixels` numbers. One more column of ones is for the bias.
struct Problem {
  Matrix x;        // images x (pixels + 1)
  Vector numbers;  // for regression
  Vector classes;  // 0 or 1
};

Problem make_problem() {
  std::mt19937 engine(1);
  std::normal_distribution<double> normal;
  Problem problem;
  for (int i = 0; i < images; ++i) {
    Vector row;
    for (int k = 0; k < pixels; ++k) {  // neighbours are correlated, as pixels are
      row.push_back(static_cast<float>(normal(engine) + (k > 0 ? 0.6 * row.back() : 0)));
    }
    const double signal = 1.5 * row[0] - 0.8 * row[2] + 0.3 * row[5] + 0.5;
    problem.numbers.push_back(static_cast<float>(signal + 0.5 * normal(engine)));
    problem.classes.push_back(signal + normal(engine) > 0);
    row.push_back(1);
    problem.x.push_back(row);
  }
  return problem;
}

double dot(const Vector& a, const Vector& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  return sum;
}

// sum over images of scale_i x_i x_i^T
Matrix gram(const Problem& p, const Vector& scale) {
  Matrix g(pixels + 1, Vector(pixels + 1));
  for (int i = 0; i < images; ++i) {
    for (int r = 0; r <= pixels; ++r) {
      for (int c = 0; c <= pixels; ++c) g[r][c] += scale[i] * p.x[i][r] * p.x[i][c];
    }
  }
  return g;
}

// sum over images of scale_i x_i
Vector moments(const Problem& p, const Vector& scale) {
  Vector m(pixels + 1);
  for (int i = 0; i < images; ++i) {
    for (int k = 0; k <= pixels; ++k) m[k] += scale[i] * p.x[i][k];
  }
  return m;
}

// Gaussian elimination; the matrix is positive definite.
Vector solve(Matrix a, Vector b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t r = k + 1; r < n; ++r) {
      const double factor = a[r][k] / a[k][k];
      for (std::size_t c = k; c < n; ++c) a[r][c] -= factor * a[k][c];
      b[r] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t c = k + 1; c < n; ++c) b[k] -= a[k][c] * b[c];
    b[k] /= a[k][k];
  }
  return b;
}

const Vector mean_scale(images, 2.0 / images);  // of the squared error's second derivative

// The minimum of  1/n |X w + b - y|^2 + l2/2 |w|^2.
Vector ridge(const Problem& p, double l2) {
  Matrix h = gram(p, mean_scale);
  for (int k = 0; k < pixels; ++k) h[k][k] += l2;
  Vector scaled(images);
  for (int i = 0; i < images; ++i) scaled[i] = mean_scale[i] * p.numbers[i];
  return solve(h, moments(p, scaled));
}

// The minimum of  1/n |X w + b - y|^2 + l1 |w|_1 + l2/2 |w|^2, by coordinate descent.
Vector elastic_net(const Problem& p, double l1, double l2) {
  const Matrix h = gram(p, mean_scale);
  Vector scaled(images);
  for (int i = 0; i < images; ++i) scaled[i] = mean_scale[i] * p.numbers[i];
  const Vector m = moments(p, scaled);
  Vector w(pixels + 1);
  for (int sweep = 0; sweep < 10000; ++sweep) {
    for (int k = 0; k <= pixels; ++k) {
      const double pull = m[k] - dot(h[k], w) + h[k][k] * w[k];
      const bool bias = k == pixels;
      const double shrunk = bias ? pull : std::copysign(std::max(std::abs(pull) - l1, 0.0), pull);
      w[k] = shrunk / (h[k][k] + (bias ? 0 : l2));
    }
  }
  return w;
}

// The minimum of  mean cross-entropy + l2/2 |w|^2, by Newton's method.
Vector logistic(const Problem& p, double l2) {
  Vector w(pixels + 1), residual(images), curvature(images);
  for (int step = 0; step < 50; ++step) {
    for (int i = 0; i < images; ++i) {
      const double probability = 1 / (1 + std::exp(-dot(p.x[i], w)));
      residual[i] = (probability - p.classes[i]) / images;
      curvature[i] = probability * (1 - probability) / images;
    }
    Vector gradient = moments(p, residual);
    Matrix h = gram(p, curvature);
    for (int k = 0; k < pixels; ++k) {
      gradient[k] += l2 * w[k];
      h[k][k] += l2;
    }
    const Vector change = solve(h, gradient);
    for (int k = 0; k <= pixels; ++k) w[k] -= change[k];
  }
  return w;
}

// Eigenvalues and eigenvectors (columns of `vectors`) of a symmetric matrix, by Jacobi rotations.
struct Eigen {
  Vector values;
  Matrix vectors;
};
Eigen eigen(Matrix a) {
  const std::size_t n = a.size();
  Matrix v(n, Vector(n));
  for (std::size_t k = 0; k < n; ++k) v[k][k] = 1;
  for (int sweep = 0; sweep < 50; ++sweep) {
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        const double angle = 0.5 * std::atan2(2 * a[p][q], a[q][q] - a[p][p]);
        const double c = std::cos(angle), s = std::sin(angle);
        const auto rotate = [&](double& x, double& y) {
          const double before = x;
          x = c * before - s * y;
          y = s * before + c * y;
        };
        for (std::size_t k = 0; k < n; ++k) rotate(a[k][p], a[k][q]);
        for (std::size_t k = 0; k < n; ++k) rotate(a[p][k], a[q][k]);
        for (std::size_t k = 0; k < n; ++k) rotate(v[k][p], v[k][q]);
      }
    }
  }
  Vector values;
  for (std::size_t k = 0; k < n; ++k) values.push_back(a[k][k]);
  return {values, v};
}

rl::Dataset dataset(const Problem& p, const Vector& targets) {
  std::vector<float> numbers;
  for (const Vector& row : p.x) numbers.insert(numbers.end(), row.begin(), row.end() - 1);
  return {rl::memory_images(numbers, {pixels, 1, 1}, rl::ImageLayout::nchw),
          std::vector<float>(targets.begin(), targets.end()), 1};
}

// The weights, followed by the bias if there is one, after `epochs` of full-batch descent.
struct Training {
  rl::LossPtr loss = rl::mean_squared_error();
  const char* activation = "linear";
  rl::Regularize regularize;
  bool bias = true;
  double momentum = 0.9;
  int epochs = 5000;
};
Vector train(const rl::Dataset& data, const Training& t) {
  const rl::Network network{rl::flatten(), rl::dense({.units = 1,
                                                      .activation = t.activation,
                                                      .use_bias = t.bias,
                                                      .kernel_initializer = "zeros"})};
  rl::Model model(network, {.input = data.image_shape(),
                            .loss = t.loss,
                            .optimizer = rl::gd({.learning_rate = 0.05, .momentum = t.momentum}),
                            .regularize = t.regularize,
                            .threads = 1});
  model.fit(data, {.epochs = t.epochs, .batch = images});
  const auto kernel = model.weights("dense_1.kernel");
  Vector w(kernel.begin(), kernel.end());
  if (t.bias) w.push_back(model.weights("dense_1.bias")[0]);
  return w;
}

bool all_good = true;

void compare(const char* what, const Vector& trained, const Vector& exact) {
  double largest = 0;
  int zeros = 0, exact_zeros = 0;
  for (std::size_t k = 0; k < exact.size(); ++k) {
    largest = std::max(largest, std::abs(trained[k] - exact[k]));
    zeros += trained[k] == 0;
    exact_zeros += exact[k] == 0;
  }
  const bool good = largest <= tolerance && zeros == exact_zeros;
  std::printf("%-22s largest difference %.1e, weights at zero %d of %d%s\n", what, largest, zeros,
              pixels, good ? "" : ", but exactly it should be otherwise");
  all_good &= good;
}

// From zero, descent with step size r goes along the eigenvector v of the curvature h to
//   (1 - (1 - r (h + l2))^t) / (h + l2) * (v . pull)
// after t steps. At the end it reaches h / (h + l2) of the point that it would reach without the
// penalty.
void shrinkage(const Problem& p) {
  constexpr double l2 = 0.3, rate = 0.05;
  Matrix h = gram(p, mean_scale);
  h.pop_back();
  for (Vector& row : h) row.pop_back();
  Vector scaled(images);
  for (int i = 0; i < images; ++i) scaled[i] = mean_scale[i] * p.numbers[i];
  const Vector pull = moments(p, scaled);
  const Eigen directions = eigen(h);
  const rl::Dataset data = dataset(p, p.numbers);
  std::printf("\nalong each singular direction, by training (by theory), l2 = %g\n", l2);
  std::printf("%9s %20s %20s %20s\n", "curvature", "after 1 step", "after 20", "after 2000");
  Matrix trained;
  const std::vector<int> steps{1, 20, 2000};
  for (const int t : steps) {
    trained.push_back(
        train(data, {.regularize = rl::l2(l2), .bias = false, .momentum = 0, .epochs = t}));
  }
  for (int k = 0; k < pixels; ++k) {
    const double curvature = directions.values[k];
    double towards = 0;
    for (int i = 0; i < pixels; ++i) towards += directions.vectors[i][k] * pull[i];
    std::printf("%9.4f", curvature);
    for (std::size_t s = 0; s < steps.size(); ++s) {
      double reached = 0;
      for (int i = 0; i < pixels; ++i) reached += directions.vectors[i][k] * trained[s][i];
      const double theory =
          (1 - std::pow(1 - rate * (curvature + l2), steps[s])) / (curvature + l2) * towards;
      std::printf("  %8.5f (%8.5f)", reached, theory);
      all_good &= std::abs(reached - theory) <= tolerance;
    }
    std::printf("\n");
  }
}

}  // namespace

int main() try {
  const Problem problem = make_problem();
  const rl::Dataset regression = dataset(problem, problem.numbers);
  compare("ridge, l2 = 0.1", train(regression, {.regularize = rl::l2(0.1)}), ridge(problem, 0.1));
  compare("ridge, l2 = 3", train(regression, {.regularize = rl::l2(3)}), ridge(problem, 3));
  compare("lasso, l1 = 0.3", train(regression, {.regularize = {.l1 = 0.3}}),
          elastic_net(problem, 0.3, 0));
  compare("lasso, l1 = 1.5", train(regression, {.regularize = {.l1 = 1.5}}),
          elastic_net(problem, 1.5, 0));
  compare("elastic net, 0.5, 0.5", train(regression, {.regularize = {.l2 = 0.5, .l1 = 0.5}}),
          elastic_net(problem, 0.5, 0.5));
  compare("logistic, l2 = 0.05",
          train(dataset(problem, problem.classes), {.loss = rl::binary_cross_entropy(),
                                                    .activation = "sigmoid",
                                                    .regularize = rl::l2(0.05)}),
          logistic(problem, 0.05));
  shrinkage(problem);
  return all_good ? 0 : 1;
} catch (const rl::Error& error) {
  std::cerr << "closed_forms: " << error.what() << '\n';
  return 1;
}
