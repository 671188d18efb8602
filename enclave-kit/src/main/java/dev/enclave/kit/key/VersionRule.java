package dev.enclave.kit.key;

import dev.enclave.KeyState;
import dev.enclave.kit.key.ServiceKey.Material;
import java.util.Map;

/**
 * The state of a version: a pure function of what the service says of its material and of what was
 * decided about it last.
 */
final class VersionRule {

  /** What was decided about a version. */
  public enum Standing {
    /** Nothing yet: it is being made, was prepared, or is none of Enclave's. */
    UNNAMED,
    /** It is the one that signs. */
    ACTIVE,
    /** It was, or was retired by itself: it verifies. */
    RETIRED,
    /** It was, and whoever replaced it said that it is to be switched off. */
    OFF
  }

  private VersionRule() {}

  /** What a decision says of a version. */
  public static Standing standing(String version, Decision decision) {
    if (decision.isActive(version)) {
      return Standing.ACTIVE;
    }
    if (decision.off().contains(version)) {
      return Standing.OFF;
    }
    return decision.used().contains(version) ? Standing.RETIRED : Standing.UNNAMED;
  }

  /** The state. */
  public static KeyState state(Material material, Standing standing) {
    return switch (material) {
      case GONE -> KeyState.DESTROYED;
      case OFF -> KeyState.DISABLED;
      case PENDING -> KeyState.PENDING;
      case ON ->
          switch (standing) {
            case ACTIVE -> KeyState.ACTIVE;
            case RETIRED -> KeyState.VERIFY_ONLY;
            case OFF -> KeyState.DISABLED;
            case UNNAMED -> KeyState.PENDING;
          };
    };
  }

  /** Whether tags are those of a part of a restoration that others are to follow. */
  public static boolean mayBeUnfinished(String prefix, Map<String, String> tags) {
    return VersionTags.parse(prefix, tags)
        .made()
        .filter(made -> made.restored() && made.number() < made.of())
        .isPresent();
  }
}
