package dev.enclave.error;

/** Who has to act on a failure. Each category has one exception type and one CLI exit code. */
public enum ErrorCategory {
  /** The caller: an argument, a name, a file. */
  USAGE,
  /** The operator: a setting, a class path. */
  CONFIGURATION,
  /** The security team: the environment's policy forbids it. */
  POLICY,
  /** The network or the provider's availability; mostly passes by itself. */
  CONNECTIVITY,
  /** The provider refused: permission, quota, state. */
  PROVIDER,
  /** Nobody until it is understood: data is not what it must be. Stop and look. */
  INTEGRITY
}
