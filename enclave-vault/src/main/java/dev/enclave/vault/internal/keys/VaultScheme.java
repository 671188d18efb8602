package dev.enclave.vault.internal.keys;

import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.vault.internal.calls.VaultCalls;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What an algorithm is at Transit. There a key has a type, and how it signs is said with every
 * request.
 */
final class VaultScheme {

  /**
   * Its base64 stays below 1 MiB: newer Vaults take no longer text in a request by default ({@code
   * max_json_string_value_length}).
   */
  static final int LONGEST_MESSAGE = 512 * 1024;

  static final List<AlgorithmSupport> SUPPORTED = supported();

  /** SubjectPublicKeyInfo of Ed25519 (RFC 8410 §4) before its 32 octets. */
  private static final byte[] ED25519_SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  private VaultScheme() {}

  private static List<AlgorithmSupport> supported() {
    List<AlgorithmSupport> all = new ArrayList<>();
    for (SigningAlgorithm algorithm : SigningAlgorithm.values()) {
      if (algorithm == SigningAlgorithm.ED25519) {
        all.add(AlgorithmSupport.messagesUpTo(algorithm, LONGEST_MESSAGE));
      } else if (algorithm.curve().filter("secp256k1"::equals).isEmpty()) {
        all.add(AlgorithmSupport.digestsOnly(algorithm));
      }
    }
    all.add(AlgorithmSupport.wrapping(WrappingAlgorithm.AES_256_GCM));
    return List.copyOf(all);
  }

  /**
   * What Transit takes for an algorithm.
   *
   * @throws BackendFailure {@link FailureCode#UNSUPPORTED} where it has no keys for it
   */
  static AlgorithmSupport support(KeyAlgorithm algorithm) throws BackendFailure {
    return VaultCalls.REFUSALS.requireOffered(SUPPORTED, algorithm);
  }

  /** The type of a key, of an algorithm that is supported. */
  static String type(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case EDDSA -> "ed25519";
      case ECDSA ->
          "ecdsa-" + algorithm.curve().orElseThrow().toLowerCase(Locale.ROOT).replace("-", "");
      case AES_GCM -> "aes256-gcm96";
      default -> "rsa-" + algorithm.keyBits();
    };
  }

  /** What a key of a type can be used as: of RSA several. */
  static List<KeyAlgorithm> of(String type) {
    return SUPPORTED.stream()
        .map(AlgorithmSupport::algorithm)
        .filter(algorithm -> type(algorithm).equals(type))
        .toList();
  }

  /** How it signs, as parts of the request. */
  static Map<String, Object> signing(KeyAlgorithm algorithm) {
    Map<String, Object> how = new LinkedHashMap<>();
    algorithm
        .digest()
        .ifPresent(
            digest -> {
              how.put("prehashed", true);
              how.put("hash_algorithm", hash(digest));
            });
    switch (algorithm.family()) {
      case ECDSA -> how.put("marshaling_algorithm", "jws");
      case RSA_PKCS1 -> how.put("signature_algorithm", "pkcs1v15");
      case RSA_PSS -> {
        how.put("signature_algorithm", "pss");
        // By default as long as fits, which nobody else does.
        how.put("salt_length", "hash");
      }
      default -> {}
    }
    return how;
  }

  private static String hash(DigestAlgorithm digest) {
    return switch (digest) {
      case SHA_384 -> "sha2-384";
      case SHA_512 -> "sha2-512";
      default -> "sha2-256";
    };
  }

  /** How a signature is laid out and spelled: with {@code jws} as JOSE has it. */
  static SignatureEncoding encoding(KeyAlgorithm algorithm) {
    return algorithm.family() == Family.ECDSA ? SignatureEncoding.P1363 : SignatureEncoding.RAW;
  }

  /** The decoder of what {@link #signing} asks for. */
  static Base64.Decoder decoder(KeyAlgorithm algorithm) {
    return algorithm.family() == Family.ECDSA ? Base64.getUrlDecoder() : Base64.getDecoder();
  }

  /**
   * A public key as Transit tells it: PEM, of Ed25519 the base64 of its 32 octets.
   *
   * @throws dev.enclave.error.UsageException when it is none for the algorithm
   * @throws IllegalArgumentException when it is no base64
   */
  static PublicKeyInfo publicKey(String told, KeyAlgorithm algorithm) {
    if (algorithm != SigningAlgorithm.ED25519) {
      return PublicKeyInfo.fromPem(told, algorithm);
    }
    byte[] raw = Base64.getDecoder().decode(told);
    byte[] spki = new byte[ED25519_SPKI.length + raw.length];
    System.arraycopy(ED25519_SPKI, 0, spki, 0, ED25519_SPKI.length);
    System.arraycopy(raw, 0, spki, ED25519_SPKI.length, raw.length);
    return PublicKeyInfo.fromSpki(spki, algorithm);
  }
}
