package dev.enclave.core.internal.key;

import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.PublicKeyInfo;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import java.util.Optional;

/** A version's public key never changes; the first one's is what handles name. */
public final class KeyIdentity {

  private KeyIdentity() {}

  /**
   * Compares two readings of a key.
   *
   * @throws IntegrityException ({@link ErrorCode#KEY_IDENTITY_CHANGED}) when they are not of one
   *     key
   */
  static void requireSame(KeyName name, KeyReading before, KeyReading now) {
    for (KeyVersion known : before.snapshot().versions()) {
      if (known.publicKey().isPresent()) {
        now.snapshot()
            .version(known.id())
            .ifPresent(version -> requireSame(name, known.publicKey().get(), version));
      }
    }
    if (before.fingerprint().isPresent()
        && now.fingerprint().isPresent()
        && !before.fingerprint().equals(now.fingerprint())) {
      throw Texts.KEY_REPLACED.as(
          ErrorCode.KEY_IDENTITY_CHANGED,
          name,
          before.fingerprint().get().toString(),
          now.fingerprint().get().toString());
    }
  }

  private static void requireSame(KeyName name, PublicKeyInfo known, KeyVersion now) {
    Optional<PublicKeyInfo> found = now.publicKey();
    if (found.isPresent() && !known.equals(found.get())) {
      throw Texts.KEY_REPLACED.as(
          ErrorCode.KEY_IDENTITY_CHANGED,
          name,
          known.fingerprint().toString(),
          found.get().fingerprint().toString());
    }
    // One wrong answer changes nothing of what is known.
    KeyReading.requirePublicKey(name, now);
  }

  /**
   * Whether two handles name one key. Some places tell no public key of a first version that was
   * destroyed; the version that made what the handle came with pins the key all the same.
   */
  public static boolean same(KeyHandle one, KeyHandle other) {
    return other.backend().equals(one.backend())
        && other.authority().equals(one.authority())
        && other.name().equals(one.name())
        && (other.fingerprint().isEmpty()
            || one.fingerprint().isEmpty()
            || other.fingerprint().equals(one.fingerprint()));
  }
}
