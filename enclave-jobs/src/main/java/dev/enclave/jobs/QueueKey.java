package dev.enclave.jobs;

import dev.enclave.Bytes;
import dev.enclave.crypto.DataKey;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.deferral.DeferralContext;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchProviderException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of a deployment's rows: 32 bytes authenticate them by HMAC-SHA-256 (RFC 2104), 32 encrypt
 * messages. In the database it is sealed by the KEK. Thread-safe.
 */
final class QueueKey implements AutoCloseable {

  private static final int HALF = 32;
  private static final int NONCE = 12;

  private final SecretBytes macKey;
  private final DataKey dataKey;
  private final SecureRandom random;

  private QueueKey(byte[] both, SecureRandom random) {
    this.macKey = SecretBytes.takeOver(Arrays.copyOf(both, HALF));
    try (SecretBytes raw = SecretBytes.takeOver(Arrays.copyOfRange(both, HALF, 2 * HALF))) {
      this.dataKey = DataKey.of(raw);
    }
    this.random = random;
    Arrays.fill(both, (byte) 0);
  }

  /** The key of a deployment, made and stored if there is none. */
  static QueueKey load(Rows rows, DeferralContext context, String deployment) {
    byte[] bound = ("enclave_operation_key/1 " + deployment).getBytes(StandardCharsets.UTF_8);
    byte[] sealed = rows.sealedKey(deployment).orElseGet(() -> make(rows, context, deployment));
    return new QueueKey(context.unseal(sealed, bound), context.random());
  }

  private static byte[] make(Rows rows, DeferralContext context, String deployment) {
    byte[] bound = ("enclave_operation_key/1 " + deployment).getBytes(StandardCharsets.UTF_8);
    byte[] both = new byte[2 * HALF];
    context.random().nextBytes(both);
    try {
      return rows.keepSealedKey(deployment, context.seal(both, bound));
    } finally {
      Arrays.fill(both, (byte) 0);
    }
  }

  Bytes mac(Row row) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256", provider());
      mac.init(macKey.use(key -> new SecretKeySpec(key, "HmacSHA256")));
      return Bytes.of(mac.doFinal(row.authenticated()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256");
    }
  }

  /** The JDK's own, whoever else has taken its name. */
  private static Provider provider() throws GeneralSecurityException {
    Provider provider = Security.getProvider("SunJCE");
    if (provider == null || provider.getClass().getModule() != Object.class.getModule()) {
      throw new NoSuchProviderException("SunJCE");
    }
    return provider;
  }

  boolean made(Row row, Bytes mac) {
    return MessageDigest.isEqual(mac(row).toByteArray(), mac.toByteArray());
  }

  /** The nonce and the ciphertext of a content, bound to its ticket. */
  Bytes encrypt(String ticket, String content) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] plaintext = content.getBytes(StandardCharsets.UTF_8);
    byte[] ciphertext = dataKey.encrypt(Bytes.of(nonce), bound(ticket), plaintext).toByteArray();
    byte[] both = Arrays.copyOf(nonce, NONCE + ciphertext.length);
    System.arraycopy(ciphertext, 0, both, NONCE, ciphertext.length);
    return Bytes.of(both);
  }

  String decrypt(String ticket, Bytes stored) {
    byte[] encrypted = stored.toByteArray();
    return new String(
        dataKey.decrypt(
            Bytes.of(Arrays.copyOf(encrypted, NONCE)),
            bound(ticket),
            Bytes.of(Arrays.copyOfRange(encrypted, NONCE, encrypted.length))),
        StandardCharsets.UTF_8);
  }

  private static Bytes bound(String ticket) {
    return Bytes.of(("enclave_operation/1 " + ticket).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    macKey.close();
    dataKey.close();
  }
}
