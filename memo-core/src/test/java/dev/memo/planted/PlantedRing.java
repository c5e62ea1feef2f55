package dev.memo.planted;

import dev.memo.failure.PlantedViolations;

/**
 * Makes a ring with another package, and its own says nothing about null: {@code ArchitectureTest}
 * must notice both.
 */
public interface PlantedRing {
  PlantedViolations back();
}
