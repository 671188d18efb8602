package dev.enclave.spi;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import java.time.Duration;
import java.time.Instant;

/**
 * Exactly one version of a key, as it was read before: {@link KeySnapshot#ref} makes it of a
 * reading. The engine decides how old that may be, so that a backend that keeps no states of its
 * own goes by what is said here.
 *
 * @param name the key
 * @param version the version
 * @param algorithm the key's scheme
 * @param state the version's state when it was read
 * @param stamp the key's stamp when it was read
 * @param providerUri the provider's own name for the version, as {@link KeySnapshot} gave it
 * @param grace for how long after a rotation replaced the version it may sign all the same, because
 *     a protocol has named it already; zero for not at all
 */
public record KeyVersionRef(
    KeyName name,
    KeyVersionId version,
    KeyAlgorithm algorithm,
    KeyState state,
    StampReading stamp,
    String providerUri,
    Duration grace) {

  /** A version that signs no more once it is replaced. */
  public static KeyVersionRef of(
      KeyName name,
      KeyVersionId version,
      KeyAlgorithm algorithm,
      KeyState state,
      StampReading stamp,
      String providerUri) {
    return new KeyVersionRef(name, version, algorithm, state, stamp, providerUri, Duration.ZERO);
  }

  /** The same version with another grace. */
  public KeyVersionRef withGrace(Duration other) {
    return new KeyVersionRef(name, version, algorithm, state, stamp, providerUri, other);
  }

  /**
   * Whether a version that was replaced then is within its grace now. The two are perhaps of two
   * clocks, of which one may be wrong: what was replaced later than now is allowed as much.
   */
  public boolean inGrace(Instant replacedAt, Instant now) {
    return Duration.between(replacedAt, now).abs().compareTo(grace) < 0;
  }
}
