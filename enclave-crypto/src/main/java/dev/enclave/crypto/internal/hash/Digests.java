package dev.enclave.crypto.internal.hash;

import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.encoding.BouncyCastle;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.jcajce.provider.digest.SHA256;

/** Hash functions, and the one place where a message becomes a digest. */
public final class Digests {

  private static final int BUFFER = 1 << 16;

  private Digests() {}

  /** The digest that {@code algorithm} signs for {@code input}. */
  public static byte[] of(SigningInput input, KeyAlgorithm algorithm) {
    if (input instanceof Digest digest) {
      SignatureVerifier.requireDigest(algorithm, digest);
      return digest.value().toByteArray();
    }
    return hash(algorithm.digest().orElseThrow(), ((Message) input).toByteArray());
  }

  /** The digest of {@code data}. */
  public static byte[] hash(DigestAlgorithm algorithm, byte[] data) {
    byte[] fast = JdkHashes.present().hash(algorithm, data);
    if (fast != null) {
      return fast;
    }
    org.bouncycastle.crypto.Digest digest = engine(algorithm);
    digest.update(data, 0, data.length);
    byte[] result = new byte[digest.getDigestSize()];
    digest.doFinal(result, 0);
    return result;
  }

  /** The digest of all that {@code data} gives. */
  public static byte[] hash(DigestAlgorithm algorithm, InputStream data) throws IOException {
    org.bouncycastle.crypto.Digest digest = fastest(algorithm);
    byte[] buffer = new byte[BUFFER];
    for (int length = data.read(buffer); length >= 0; length = data.read(buffer)) {
      digest.update(buffer, 0, length);
    }
    byte[] result = new byte[digest.getDigestSize()];
    digest.doFinal(result, 0);
    return result;
  }

  /** The fastest hash there is, in the form that Bouncy Castle's paddings want. */
  public static org.bouncycastle.crypto.Digest fastest(DigestAlgorithm algorithm) {
    MessageDigest fast = JdkHashes.present().digest(algorithm);
    return fast != null ? new JdkDigest(fast) : engine(algorithm);
  }

  /** SHA-256 that is fed in parts and reused. */
  public static MessageDigest sha256() {
    return sha256(JdkHashes.present());
  }

  static MessageDigest sha256(JdkHashes hashes) {
    MessageDigest fast = hashes.digest(DigestAlgorithm.SHA_256);
    if (fast != null) {
      return fast;
    }
    BouncyCastle.require();
    return new SHA256.Digest();
  }

  /** Bouncy Castle's hash. */
  public static org.bouncycastle.crypto.Digest engine(DigestAlgorithm algorithm) {
    return switch (algorithm) {
      case SHA_256 -> BouncyCastle.sha256();
      case SHA_384 -> new SHA384Digest();
      case SHA_512 -> new SHA512Digest();
      case KECCAK_256 -> new KeccakDigest(256);
    };
  }
}
