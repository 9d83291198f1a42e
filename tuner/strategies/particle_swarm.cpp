// Particle swarm on positions in [0, 1]; particles are measured at the nearest legal point.
//
// Source: Kennedy and Eberhart, "Particle swarm optimization", ICNN (1995); inertia after Shi and Eberhart (1998).
#include <algorithm>
#include <vector>

#include "tuner/strategies/moves.h"
#include "tuner/strategies/strategies.h"

namespace hone {
namespace {

constexpr std::size_t kParticles = 20;
constexpr double kInertia = 0.5, kOwn = 2.0, kSwarm = 1.0;

struct Particle {
  std::vector<double> at, velocity, best_at;
  double best_cost = kFailed;
};

Particle NewParticle(Trial& trial) {
  const Visited start = RandomStart(trial);
  Particle particle;
  particle.at = particle.best_at = PositionsOf(trial.space(), start.point);
  particle.best_cost = start.cost;
  for (std::size_t d = 0; d < particle.at.size(); ++d) particle.velocity.push_back(trial.random().Uniform(-0.5, 0.5));
  return particle;
}

void Fly(Random& random, Particle& particle, const std::vector<double>& leader) {
  for (std::size_t d = 0; d < particle.at.size(); ++d) {
    const double pull = kOwn * random.Uniform() * (particle.best_at[d] - particle.at[d]) +
                        kSwarm * random.Uniform() * (leader[d] - particle.at[d]);
    particle.velocity[d] = std::clamp(kInertia * particle.velocity[d] + pull, -1.0, 1.0);
    particle.at[d] = std::clamp(particle.at[d] + particle.velocity[d], 0.0, 1.0);
  }
}

}  // namespace

void SearchParticleSwarm(Trial& trial) {
  for (;;) {
    std::vector<Particle> swarm;
    while (swarm.size() < kParticles) swarm.push_back(NewParticle(trial));
    for (int stale = 0; stale < 10;) {
      const auto better = [](const Particle& a, const Particle& b) { return a.best_cost < b.best_cost; };
      const std::vector<double> leader = std::min_element(swarm.begin(), swarm.end(), better)->best_at;
      std::vector<PointId> points;
      for (Particle& particle : swarm) {
        Fly(trial.random(), particle, leader);
        points.push_back(AtPositions(trial.space(), particle.at));
      }
      const std::uint64_t before = trial.evaluations();
      const std::vector<double> costs = trial.Costs(points);
      for (std::size_t i = 0; i < swarm.size(); ++i) {
        if (costs[i] >= swarm[i].best_cost) continue;
        swarm[i].best_cost = costs[i];
        swarm[i].best_at = PositionsOf(trial.space(), points[i]);
      }
      stale = trial.evaluations() == before ? stale + 1 : 0;
    }
  }
}

}  // namespace hone
