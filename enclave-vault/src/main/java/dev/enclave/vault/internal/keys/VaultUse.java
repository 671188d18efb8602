package dev.enclave.vault.internal.keys;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.key.RemoteUse;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.calls.VaultRequest;
import dev.enclave.vault.internal.keys.VaultPlace.TransitVersion;
import dev.enclave.vault.internal.texts.Texts;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * Signs, and encrypts and decrypts data keys, always by the version that is asked for. A ciphertext
 * is AES-256-GCM's: a nonce of 12 octets, 32 octets, a tag of 16; Transit's prefix, which names the
 * version, is cut off and put before it again. Key, version and stamp are authenticated.
 * Thread-safe.
 */
public final class VaultUse extends RemoteUse {

  private static final int WRAPPED_BYTES = 12 + 32 + 16;

  private final VaultKeys keys;
  private final VaultCalls calls;
  private final VaultPlace place;

  public VaultUse(VaultKeys keys) {
    super(VaultCalls.REFUSALS, WRAPPED_BYTES, WRAPPED_BYTES);
    this.keys = keys;
    this.calls = keys.calls();
    this.place = keys.place();
  }

  /** Of a Transit key of Enclave's own the first version alone is one. */
  @Override
  protected boolean named(KeyVersionRef ref) {
    return place
        .version(ref.providerUri())
        .filter(version -> version.number() == 1 || place.nameOf(version.key()).isEmpty())
        .isPresent();
  }

  @Override
  protected AlgorithmSupport support(KeyAlgorithm algorithm) throws BackendFailure {
    return VaultScheme.support(algorithm);
  }

  @Override
  protected RawSignature sign(KeyVersionRef ref, byte[] input, boolean digest, CallContext call)
      throws BackendFailure {
    KeyAlgorithm algorithm = ref.algorithm();
    Map<String, Object> body = new HashMap<>(VaultScheme.signing(algorithm));
    body.put("input", base64(input));
    String told = ask("sign", ref, body, "signature", call);
    return RawSignature.of(
        Bytes.of(octets(ref, told, VaultScheme.decoder(algorithm))),
        VaultScheme.encoding(algorithm),
        ref.version());
  }

  @Override
  protected Bytes encrypt(KeyVersionRef kek, byte[] secret, CallContext call)
      throws BackendFailure {
    Map<String, Object> body = new HashMap<>();
    body.put("plaintext", base64(secret));
    body.put("associated_data", associated(kek));
    String told = ask("encrypt", kek, body, "ciphertext", call);
    return Bytes.of(octets(kek, told, Base64.getDecoder()));
  }

  @Override
  protected byte[] decrypt(KeyVersionRef kek, byte[] wrapped, CallContext call)
      throws BackendFailure {
    Map<String, Object> body = new HashMap<>();
    body.put("ciphertext", prefix(kek) + base64(wrapped));
    body.put("associated_data", associated(kek));
    String told = ask("decrypt", kek, body, "plaintext", call);
    return decoded(kek, told, Base64.getDecoder());
  }

  private String ask(
      String operation,
      KeyVersionRef ref,
      Map<String, Object> body,
      String member,
      CallContext call)
      throws BackendFailure {
    TransitVersion version = version(ref);
    body.put("key_version", version.number());
    String path = place.transit() + "/" + operation + "/" + version.key();
    try {
      return Json.text(
          calls.send(VaultRequest.use(operation, ref.providerUri(), path, body), call), member);
    } catch (BackendFailure e) {
      throw keys.unlessNew(ref, e, call);
    }
  }

  private TransitVersion version(KeyVersionRef ref) {
    return place.version(ref.providerUri()).orElseThrow();
  }

  private String prefix(KeyVersionRef ref) {
    return "vault:v" + version(ref).number() + ":";
  }

  /** What stands behind the prefix, which names the version that was used. */
  private byte[] octets(KeyVersionRef ref, String told, Base64.Decoder decoder)
      throws BackendFailure {
    String prefix = prefix(ref);
    requireUsed(told.startsWith(prefix));
    return decoded(ref, told.substring(prefix.length()), decoder);
  }

  private static byte[] decoded(KeyVersionRef ref, String text, Base64.Decoder decoder)
      throws BackendFailure {
    try {
      return decoder.decode(text);
    } catch (IllegalArgumentException e) {
      throw VaultCalls.REFUSALS.wrongAnswer(Texts.NOT_BASE64.with()).naming(ref.providerUri());
    }
  }

  static String base64(byte[] octets) {
    return Base64.getEncoder().encodeToString(octets);
  }

  private static String associated(KeyVersionRef kek) throws BackendFailure {
    String stamp =
        VaultCalls.REFUSALS.authenticatedStamp(kek).map(EnvironmentType::name).orElse("");
    String text = "enclave/" + kek.name() + "/" + kek.version() + "/" + stamp;
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  protected boolean unopened(BackendFailure failure) {
    return failure.code() == FailureCode.CORRUPT || failure.code() == FailureCode.REJECTED;
  }

  /** It has no checksums. */
  @Override
  protected boolean looksAgain(KeyVersionRef kek) {
    return true;
  }
}
