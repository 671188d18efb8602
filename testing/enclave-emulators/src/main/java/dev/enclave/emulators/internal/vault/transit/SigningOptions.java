package dev.enclave.emulators.internal.vault.transit;

import dev.enclave.emulators.internal.crypto.Hash;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.vault.common.Input;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How something is signed.
 *
 * @param hash empty for {@code none}: what is signed has no DigestInfo
 * @param prehashed whether the input is a hash
 * @param algorithm of RSA: {@code pss}, {@code pkcs1v15} or something that is refused
 * @param saltLength of PSS in bytes, {@link #AUTO} or {@link #AS_HASH}
 */
record SigningOptions(
    Optional<Hash> hash,
    boolean prehashed,
    String algorithm,
    int saltLength,
    Marshaling marshaling) {

  /** Go's rsa.PSSSaltLengthAuto: the longest when signing, any when verifying. */
  static final int AUTO = 0;

  /** Go's rsa.PSSSaltLengthEqualsHash. */
  static final int AS_HASH = -1;

  private static final String NONE = "none";
  private static final String PSS = "pss";
  private static final String PKCS1 = "pkcs1v15";
  private static final Map<String, Hash> HASHES =
      Map.of(
          "sha1", Hash.SHA_1,
          "sha2-224", Hash.SHA_224,
          "sha2-256", Hash.SHA_256,
          "sha2-384", Hash.SHA_384,
          "sha2-512", Hash.SHA_512,
          "sha3-224", Hash.SHA3_224,
          "sha3-256", Hash.SHA3_256,
          "sha3-384", Hash.SHA3_384,
          "sha3-512", Hash.SHA3_512);

  /** How a signature is written. */
  enum Marshaling {
    /** DER in base64. */
    ASN1,
    /** r and s in base64url without padding. */
    JWS
  }

  /** Of the fields of a call, and of the hash that its path may end in. */
  static SigningOptions of(Input input, String pathAlgorithm) {
    Optional<Hash> hash = hash(input, pathAlgorithm);
    String marshaling = input.text("marshaling_algorithm").orElse("asn1");
    return new SigningOptions(
        hash,
        input.flag("prehashed").orElse(false),
        input.textOrEmpty("signature_algorithm"),
        saltLength(input.text("salt_length").orElse("auto")),
        switch (marshaling) {
          case "asn1" -> Marshaling.ASN1;
          case "jws" -> Marshaling.JWS;
          default -> throw VaultFailure.invalid("invalid marshaling type \"" + marshaling + "\"");
        });
  }

  /** The first that is named of path, {@code hash_algorithm} and {@code algorithm}. */
  static Optional<Hash> hash(Input input, String pathAlgorithm) {
    String name =
        Optional.of(pathAlgorithm)
            .filter(text -> !text.isEmpty())
            .or(() -> input.text("hash_algorithm").filter(text -> !text.isEmpty()))
            .or(() -> input.text("algorithm").filter(text -> !text.isEmpty()))
            .orElse("sha2-256");
    if (name.equals(NONE)) {
      return Optional.empty();
    }
    return Optional.of(
        Optional.ofNullable(HASHES.get(name))
            .orElseThrow(() -> VaultFailure.invalid("invalid hash algorithm \"" + name + "\"")));
  }

  private static int saltLength(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "auto" -> AUTO;
      case "hash" -> AS_HASH;
      default -> saltBytes(text);
    };
  }

  private static int saltBytes(String text) {
    try {
      int length = Integer.parseInt(text);
      if (length < AS_HASH) {
        throw VaultFailure.invalid("salt length is invalid: " + length);
      }
      return length;
    } catch (NumberFormatException e) {
      throw VaultFailure.invalid("salt length neither 'auto', 'hash', nor an int: " + text);
    }
  }

  void requireSense() {
    if (hash.isEmpty() && (!prehashed || !algorithm.equals(PKCS1))) {
      throw VaultFailure.invalid(
          "hash_algorithm=none requires both prehashed=true and signature_algorithm=pkcs1v15");
    }
  }

  byte[] hashed(KeyType type, byte[] message) {
    return type.hashes() && !prehashed && hash.isPresent() ? hash.get().of(message) : message;
  }

  /** The errors are those of Go's crypto/rsa. */
  byte[] signRsa(RsaMaterial key, byte[] hashed, SecureRandom random) {
    String chosen = algorithm.isEmpty() ? PSS : algorithm;
    requireAlgorithm(chosen);
    if (chosen.equals(PSS)) {
      Hash pssHash = hash.orElseThrow();
      requireSalt(key, pssHash);
      requireLength(pssHash, hashed);
      int salt =
          saltLength == AUTO
              ? key.mostSalt(pssHash)
              : saltLength == AS_HASH ? pssHash.length() : saltLength;
      return key.signPss(pssHash, salt, hashed, random);
    }
    hash.ifPresent(named -> requireLength(named, hashed));
    return hash.map(named -> key.signPkcs1(named, hashed, random))
        .orElseGet(() -> key.signPkcs1(hashed, random));
  }

  boolean verifyRsa(RsaMaterial key, byte[] hashed, byte[] signature) {
    String chosen = algorithm.isEmpty() ? PSS : algorithm;
    requireAlgorithm(chosen);
    if (hash.filter(named -> named.length() != hashed.length).isPresent()) {
      requireSaltOf(chosen, key);
      return false;
    }
    if (chosen.equals(PSS)) {
      Hash pssHash = hash.orElseThrow();
      requireSalt(key, pssHash);
      if (saltLength == AUTO) {
        return IntStream.rangeClosed(0, key.mostSalt(pssHash))
            .anyMatch(salt -> key.verifyPss(pssHash, salt, hashed, signature));
      }
      int salt = saltLength == AS_HASH ? pssHash.length() : saltLength;
      return key.verifyPss(pssHash, salt, hashed, signature);
    }
    return hash.map(named -> key.verifyPkcs1(named, hashed, signature))
        .orElseGet(() -> key.verifyPkcs1(hashed, signature));
  }

  private void requireSaltOf(String chosen, RsaMaterial key) {
    if (chosen.equals(PSS)) {
      requireSalt(key, hash.orElseThrow());
    }
  }

  private static void requireAlgorithm(String chosen) {
    if (!chosen.equals(PSS) && !chosen.equals(PKCS1)) {
      throw UserError.internal("unsupported rsa signature algorithm " + chosen);
    }
  }

  private void requireSalt(RsaMaterial key, Hash pssHash) {
    if (saltLength > key.mostSalt(pssHash)) {
      throw UserError.of("requested salt length " + saltLength + " is invalid");
    }
  }

  private static void requireLength(Hash named, byte[] hashed) {
    if (named.length() != hashed.length) {
      throw UserError.internal("crypto/rsa: input must be hashed message");
    }
  }
}
