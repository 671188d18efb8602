package dev.enclave.kit.key;

import dev.enclave.KeyVersion;
import dev.enclave.PublicKeyInfo;
import dev.enclave.kit.key.PublicKeyCache.Source;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import java.util.Objects;
import java.util.Optional;

/**
 * The public key that a service tells of a version, or what it answers in its place: a version
 * whose public key is none must still be shown, switched off and destroyed.
 */
public final class ToldPublicKey {

  private ToldPublicKey() {}

  /**
   * The version with it.
   *
   * @throws BackendFailure as {@code source}, unless what was answered is no public key
   */
  public static KeyVersion onto(KeyVersion version, Source source) throws BackendFailure {
    try {
      return version.withPublicKey(source.ask());
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.CORRUPT) {
        throw e;
      }
      return version.withPublicKeyFault(Objects.requireNonNull(e.getMessage()));
    }
  }

  /** For those who read ahead of it: nothing where what was answered is no public key. */
  public static Optional<PublicKeyInfo> ifAny(Source source) throws BackendFailure {
    try {
      return source.ask();
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.CORRUPT) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
