package dev.enclave.spi.detection;

import java.util.List;

/**
 * The detectors that a jar brings. Found by {@link java.util.ServiceLoader}; a public no-argument
 * constructor that does nothing.
 */
public interface EnvironmentDetectors {

  /** All of them, in the order in which reports list them. */
  List<EnvironmentDetector> detectors();
}
