package dev.memo.codec;

import dev.memo.codec.key.ArgumentsFormat;

/** Points up from what keys stand on: {@code ArchitectureTest} must notice. */
public interface PlantedDependence {
  ArgumentsFormat<?> upward();
}
