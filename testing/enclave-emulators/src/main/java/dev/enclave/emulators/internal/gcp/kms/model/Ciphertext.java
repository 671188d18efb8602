package dev.enclave.emulators.internal.gcp.kms.model;

import com.google.protobuf.ByteString;
import dev.enclave.emulators.internal.crypto.SecretMaterial;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * What Encrypt answers: a format of this server's own, since Google's is not told. Its first four
 * bytes are the number of the key version; AES-256-GCM follows ("Key purposes and algorithms",
 * Symmetric encryption algorithms), bound to the version's name.
 */
public final class Ciphertext {

  private static final int NUMBER_BYTES = 4;

  private Ciphertext() {}

  public static ByteString seal(
      Version version,
      SecretMaterial key,
      ByteString plaintext,
      ByteString data,
      SecureRandom random) {
    ByteString number = number(Integer.parseInt(Kind.idOf(version.name())));
    byte[] sealed = key.seal(plaintext.toByteArray(), bound(version, data), random);
    return number.concat(ByteString.copyFrom(sealed));
  }

  /** The number of the key version that made it, if it is one of this server's. */
  public static Optional<Integer> versionOf(ByteString ciphertext) {
    return ciphertext.size() < NUMBER_BYTES
        ? Optional.empty()
        : Optional.of(ciphertext.asReadOnlyByteBuffer().getInt());
  }

  /** The plaintext; empty if anything was changed. */
  public static Optional<ByteString> open(
      Version version, SecretMaterial key, ByteString ciphertext, ByteString data) {
    return key.open(ciphertext.substring(NUMBER_BYTES).toByteArray(), bound(version, data))
        .map(ByteString::copyFrom);
  }

  private static byte[] bound(Version version, ByteString data) {
    ByteString name = ByteString.copyFrom(version.name(), StandardCharsets.UTF_8);
    return number(name.size()).concat(name).concat(data).toByteArray();
  }

  private static ByteString number(int value) {
    return ByteString.copyFrom(
        new byte[] {
          (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
        });
  }
}
