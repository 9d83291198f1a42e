// The strategies' entry points, listed in tuner/strategy.cpp.
#pragma once

namespace hone {

class Trial;

void SearchAnnealing(Trial& trial);
void SearchAuto(Trial& trial);
void SearchBandit(Trial& trial);
void SearchBasinHopping(Trial& trial);
void SearchBayesForest(Trial& trial);
void SearchBayesGaussian(Trial& trial);
void SearchDifferentialEvolution(Trial& trial);
void SearchExhaustive(Trial& trial);
void SearchGenetic(Trial& trial);
void SearchHillClimbing(Trial& trial);
void SearchParticleSwarm(Trial& trial);
void SearchRandom(Trial& trial);
void SearchTabuGreyWolf(Trial& trial);

}  // namespace hone
