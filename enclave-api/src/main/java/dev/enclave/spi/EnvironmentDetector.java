package dev.enclave.spi;

import dev.enclave.EnclaveExtension;

/**
 * Recognises one kind of place. Found by {@link java.util.ServiceLoader} or given to the builder.
 * Stateless, thread-safe; answers from the snapshot within a second.
 */
public interface EnvironmentDetector extends EnclaveExtension {

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

  /** Looks. */
  Detection detect(EnvironmentSnapshot environment);
}
