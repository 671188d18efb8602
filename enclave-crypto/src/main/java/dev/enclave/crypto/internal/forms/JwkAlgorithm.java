package dev.enclave.crypto.internal.forms;

import static dev.enclave.crypto.internal.forms.Jwk.invalid;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import dev.enclave.SigningAlgorithm;
import dev.enclave.crypto.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Tells which algorithm a JWK is for: the one of ours that contradicts none of its members. */
final class JwkAlgorithm {

  private JwkAlgorithm() {}

  /**
   * The algorithm that the JWK says; the one of {@code defaults} that fits where it says too
   * little.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY}) when the JWK fits none of ours,
   *     or says too little and fits none or several of {@code defaults}
   */
  static KeyAlgorithm of(Jwk jwk, Set<? extends KeyAlgorithm> defaults) {
    List<KeyAlgorithm> fitting = fitting(jwk);
    if (fitting.isEmpty()) {
      throw invalid(Texts.JWK_FOR_NO_ALGORITHM.with());
    }
    if (fitting.size() == 1 && tellsPadding(jwk, fitting.get(0))) {
      return fitting.get(0);
    }
    List<KeyAlgorithm> chosen = fitting.stream().filter(defaults::contains).toList();
    if (chosen.size() != 1) {
      throw invalid(Texts.JWK_ALGORITHM_UNCLEAR.with(chosen.size(), fitting));
    }
    return chosen.get(0);
  }

  /**
   * {@code wanted}.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_PUBLIC_KEY}) when a member contradicts it
   */
  static KeyAlgorithm require(Jwk jwk, KeyAlgorithm wanted) {
    if (!fitting(jwk).contains(wanted)) {
      throw invalid(Texts.JWK_NOT_FOR_ALGORITHM.with(wanted));
    }
    return wanted;
  }

  private static List<KeyAlgorithm> fitting(Jwk jwk) {
    return ofKind(jwk)
        .filter(algorithm -> says(jwk, JwkWriter.ALGORITHM_MEMBER, Set.of(algorithm.name())))
        .filter(algorithm -> says(jwk, "alg", joseNames(algorithm)))
        .filter(algorithm -> allows(jwk, algorithm.purpose()))
        .toList();
  }

  /** RFC 9864 §2.2 names Ed25519 itself where RFC 8037 §3.1 has EdDSA for all its curves. */
  private static Set<String> joseNames(KeyAlgorithm algorithm) {
    return algorithm == SigningAlgorithm.ED25519
        ? Set.of("EdDSA", "Ed25519")
        : algorithm.joseName().map(Set::of).orElse(Set.of());
  }

  private static Stream<KeyAlgorithm> ofKind(Jwk jwk) {
    String kind = jwk.text("kty").orElseThrow(() -> invalid(Texts.KTY_MISSING.with()));
    Stream<KeyAlgorithm> all = KeyAlgorithm.all().stream();
    return switch (kind) {
      case "EC" -> onCurve(all, Family.ECDSA, jwk);
      case "OKP" -> onCurve(all, Family.EDDSA, jwk);
      case "RSA" -> {
        int bits = jwk.number("n").bitLength();
        yield all.filter(
            algorithm ->
                algorithm.asymmetric()
                    && algorithm.curve().isEmpty()
                    && algorithm.keyBits() == bits);
      }
      default -> Stream.of();
    };
  }

  private static Stream<KeyAlgorithm> onCurve(Stream<KeyAlgorithm> all, Family family, Jwk jwk) {
    String curve = jwk.text("crv").orElseThrow(() -> invalid(Texts.CRV_MISSING.with()));
    return all.filter(
        algorithm ->
            algorithm.family() == family && algorithm.curve().filter(curve::equals).isPresent());
  }

  private static boolean says(Jwk jwk, String member, Set<String> names) {
    return jwk.text(member).map(names::contains).orElse(true);
  }

  private static boolean allows(Jwk jwk, KeyPurpose purpose) {
    boolean signs = purpose == KeyPurpose.SIGN;
    Set<String> operations = signs ? Set.of("verify") : Set.of("encrypt", "wrapKey");
    return jwk.text("use").filter(use -> !use.equals(signs ? "sig" : "enc")).isEmpty()
        && jwk.operations()
            .filter(listed -> operations.stream().noneMatch(listed::contains))
            .isEmpty();
  }

  // An RSA key of some size says nothing of padding and hash, even if we offer only one.
  private static boolean tellsPadding(Jwk jwk, KeyAlgorithm algorithm) {
    return algorithm.curve().isPresent()
        || jwk.text("alg").isPresent()
        || jwk.text(JwkWriter.ALGORITHM_MEMBER).isPresent();
  }
}
