package dev.enclave.crypto.internal.hash;

import dev.enclave.DigestAlgorithm;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's own SHA-2, which HotSpot replaces by the processor's instructions. Taken from the JDK's
 * provider and from no other: whoever registered another one by its name is not asked.
 */
final class JdkHashes {

  private static final JdkHashes PRESENT = new JdkHashes(Security.getProvider("SUN"));

  // Never used themselves: what is cloned of them starts afresh.
  private final Map<DigestAlgorithm, MessageDigest> prototypes =
      new EnumMap<>(DigestAlgorithm.class);

  // A digest object is most of what hashing a short message allocates.
  private final Map<DigestAlgorithm, Pool<MessageDigest>> used =
      new EnumMap<>(DigestAlgorithm.class);

  JdkHashes(@Nullable Provider provider) {
    if (provider == null || provider.getClass().getModule() != Object.class.getModule()) {
      return;
    }
    for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
      if (algorithm != DigestAlgorithm.KECCAK_256) {
        prototype(algorithm, provider).ifPresent(digest -> keep(algorithm, digest));
      }
    }
  }

  private void keep(DigestAlgorithm algorithm, MessageDigest prototype) {
    prototypes.put(algorithm, prototype);
    used.put(algorithm, new Pool<>());
  }

  private static Optional<MessageDigest> prototype(DigestAlgorithm algorithm, Provider provider) {
    Provider.Service service = provider.getService("MessageDigest", algorithm.jcaName());
    // Anybody may put a class of theirs into the JDK's provider.
    if (service == null || !service.getClassName().startsWith("sun.security.provider.")) {
      return Optional.empty();
    }
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm.jcaName(), provider);
      return Optional.of((MessageDigest) digest.clone());
    } catch (NoSuchAlgorithmException | CloneNotSupportedException e) {
      return Optional.empty();
    }
  }

  static JdkHashes present() {
    return PRESENT;
  }

  /** The digest of {@code data}, which must not be secret; null when the JDK has no such hash. */
  byte @Nullable [] hash(DigestAlgorithm algorithm, byte[] data) {
    Pool<MessageDigest> pool = used.get(algorithm);
    if (pool == null) {
      return null;
    }
    MessageDigest pooled = pool.take();
    MessageDigest digest = pooled != null ? pooled : digest(algorithm);
    if (digest == null) {
      return null;
    }
    byte[] result = digest.digest(data);
    pool.put(digest);
    return result;
  }

  /** A fresh digest; null when the JDK has none of it. */
  @Nullable MessageDigest digest(DigestAlgorithm algorithm) {
    MessageDigest prototype = prototypes.get(algorithm);
    try {
      return prototype == null ? null : (MessageDigest) prototype.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("it was cloned before");
    }
  }
}
