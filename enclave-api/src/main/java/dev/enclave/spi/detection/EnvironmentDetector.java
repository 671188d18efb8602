package dev.enclave.spi.detection;

import java.util.Optional;

/**
 * Recognises one kind of place. Brought by {@link EnvironmentDetectors} or given to the builder.
 * Stateless and thread-safe.
 */
public interface EnvironmentDetector {

  /** What the presence of a place says about the environment type. */
  enum Kind {
    /** A managed workload: a pod, a function, a container service. Means PRODUCTION. */
    WORKLOAD,
    /** A build runner. Means DEVELOPMENT. */
    CI,
    /** A bare virtual machine of a cloud. Means PRODUCTION. */
    CLOUD_VM,
    /** A developer's machine. Means DEVELOPMENT. */
    WORKSTATION,
    /** Says nothing by itself, such as a plain container. */
    CONTEXT
  }

  /** A short name, unique: {@code kubernetes}, {@code ci}. */
  String id();

  /** What presence means. */
  Kind kind();

  /**
   * Looks at variables, properties, files and DMI; asks no network. A platform sets its markers
   * together, so one without the others is {@link Detection.Inconclusive}, never absent.
   */
  Detection detect(EnvironmentSnapshot environment);

  /**
   * What to ask the metadata service. It is asked only where no detector has recognised a place
   * that decides, and what it recognises has this detector's kind. None by default.
   */
  default Optional<MetadataProbe> probe(EnvironmentSnapshot environment) {
    return Optional.empty();
  }
}
