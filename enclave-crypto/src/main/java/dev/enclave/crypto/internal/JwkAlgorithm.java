package dev.enclave.crypto.internal;

import static dev.enclave.crypto.internal.JsonText.invalid;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.KeyPurpose;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Tells which algorithm a JWK is for: the one of ours that contradicts none of its members. */
final class JwkAlgorithm {

  private JwkAlgorithm() {}

  /** The algorithm; empty when the JWK fits none, not {@code wanted}, or more than one. */
  static Optional<KeyAlgorithm> of(Jwk jwk, Optional<KeyAlgorithm> wanted) {
    List<KeyAlgorithm> fitting =
        ofKind(jwk)
            .filter(
                algorithm -> says(jwk, JwkWriter.ALGORITHM_MEMBER, Optional.of(algorithm.name())))
            .filter(algorithm -> says(jwk, "alg", algorithm.joseName()))
            .filter(algorithm -> allows(jwk, algorithm.purpose()))
            .toList();
    if (wanted.isPresent()) {
      return wanted.filter(fitting::contains);
    }
    return fitting.size() == 1 && tellsPadding(jwk, fitting.get(0))
        ? Optional.of(fitting.get(0))
        : Optional.empty();
  }

  private static Stream<KeyAlgorithm> ofKind(Jwk jwk) {
    String kind = jwk.text("kty").orElseThrow(() -> invalid("lacks the member kty"));
    Stream<KeyAlgorithm> all = Arrays.stream(KeyAlgorithm.values());
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
    String curve = jwk.text("crv").orElseThrow(() -> invalid("lacks the member crv"));
    return all.filter(
        algorithm ->
            algorithm.family() == family && algorithm.curve().filter(curve::equals).isPresent());
  }

  private static boolean says(Jwk jwk, String member, Optional<String> name) {
    return jwk.text(member).isEmpty() || jwk.text(member).equals(name);
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
