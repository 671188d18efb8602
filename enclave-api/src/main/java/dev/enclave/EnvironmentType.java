package dev.enclave;

/**
 * What kind of place this process runs in; it selects the {@link SecurityPolicy} and is stamped on
 * every key created there.
 */
public enum EnvironmentType {
  /** Real users, real money. */
  PRODUCTION,
  /** A rehearsal of production. */
  STAGING,
  /** Shared development: a build server, a team's cluster. */
  DEVELOPMENT,
  /** One developer's machine. */
  LOCAL;

  /**
   * Whether keys that matter are used here, so that rules hold which would stand in a developer's
   * way: in PRODUCTION and STAGING.
   */
  public boolean isStrict() {
    return this == PRODUCTION || this == STAGING;
  }

  /**
   * Whether a key stamped {@code stamp} may be used here. PRODUCTION and STAGING accept only their
   * own stamp. DEVELOPMENT and LOCAL accept each other's, since a developer moves between them, but
   * never a stricter environment's key.
   */
  public boolean accepts(EnvironmentType stamp) {
    return switch (this) {
      case PRODUCTION, STAGING -> stamp == this;
      case DEVELOPMENT, LOCAL -> stamp == DEVELOPMENT || stamp == LOCAL;
    };
  }
}
