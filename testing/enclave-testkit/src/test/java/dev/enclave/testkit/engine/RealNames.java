package dev.enclave.testkit.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Names of keys and versions as the providers document them, the odd ones among them. */
final class RealNames {

  private static final String HEX = "0123456789abcdef";
  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  private static final String UPPER = LOWER.toUpperCase(Locale.ROOT);
  private static final String DIGITS = "0123456789";

  private RealNames() {}

  /** Of any provider. */
  static Arbitrary<String> any() {
    return Arbitraries.oneOf(google(), azure(), aws(), alias(), file(), secretService(), secret());
  }

  /** "Cloud KMS object hierarchy" and the rules of CryptoKeyId, KeyRingId, ImportJobId. */
  private static Arbitrary<String> google() {
    Arbitrary<String> project =
        Arbitraries.oneOf(
            joined(of(LOWER, 1), of(LOWER + DIGITS + "-", 4, 28), of(LOWER + DIGITS, 1)),
            joined("example.com:", of(LOWER + DIGITS, 6, 28)),
            of(DIGITS, 12));
    Arbitrary<String> ring =
        joined(
            "projects/",
            project,
            Arbitraries.of("/locations/europe-west1", "/locations/us", "/locations/global"),
            "/keyRings/",
            googleId());
    Arbitrary<String> key = joined(ring, "/cryptoKeys/", googleId());
    Arbitrary<String> number =
        Arbitraries.integers().between(1, 999_999_999).map(n -> Integer.toString(n));
    return Arbitraries.oneOf(
        ring,
        key,
        joined(key, "/cryptoKeyVersions/", number),
        joined(ring, "/importJobs/", googleId()));
  }

  private static Arbitrary<String> googleId() {
    return of(LOWER + UPPER + DIGITS + "_-", 1, 63);
  }

  /** "About keys, secrets and certificates", Object identifiers. */
  private static Arbitrary<String> azure() {
    return joined(
        "https://",
        of(LOWER + DIGITS + "-", 3, 24),
        Arbitraries.of(
            ".vault.azure.net",
            ".vault.azure.cn",
            ".vault.usgovcloudapi.net",
            ".managedhsm.azure.net"),
        "/keys/",
        of(LOWER + UPPER + DIGITS + "-", 1, 127),
        "/",
        of(HEX, 32));
  }

  /** "Key identifiers (KeyId)" of the KMS developer guide. */
  private static Arbitrary<String> aws() {
    return joined(awsPlace(), ":key/", Arbitraries.oneOf(uuid(), multiRegion()));
  }

  private static Arbitrary<String> alias() {
    Arbitrary<String> name = joined("alias/", of(LOWER + UPPER + DIGITS + "/_-", 1, 100));
    return Arbitraries.oneOf(name, joined(awsPlace(), ":", name));
  }

  private static Arbitrary<String> awsPlace() {
    return joined(
        Arbitraries.of(
            "arn:aws:kms:eu-west-1:",
            "arn:aws:kms:ap-southeast-2:",
            "arn:aws-cn:kms:cn-northwest-1:",
            "arn:aws-us-gov:kms:us-gov-west-1:"),
        of(DIGITS, 12));
  }

  private static Arbitrary<String> multiRegion() {
    return joined("mrk-", of(HEX, 32));
  }

  static Arbitrary<String> uuid() {
    return of(HEX, 32)
        .map(h -> h.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"));
  }

  /** As the software backend has them, where macOS keeps what a user's programs write. */
  private static Arbitrary<String> file() {
    return joined(
        Arbitraries.of("file:///var/folders/", "/private/var/folders/"),
        of(LOWER + DIGITS, 2),
        "/",
        of(LOWER + DIGITS + "_", 30),
        "/T/enclave/key-wallet-42/1-",
        of(HEX, 32));
  }

  private static Arbitrary<String> secretService() {
    return joined(
        "/org/freedesktop/secrets/collection/",
        of(LOWER + DIGITS + "_", 1, 40),
        "/",
        of(DIGITS, 1, 9));
  }

  private static Arbitrary<String> secret() {
    return joined(
        "/api/v1/namespaces/",
        of(LOWER + DIGITS + "-", 1, 63),
        "/secrets/enclave-",
        of(LOWER + DIGITS + "-", 1, 100));
  }

  private static Arbitrary<String> of(String characters, int length) {
    return of(characters, length, length);
  }

  private static Arbitrary<String> of(String characters, int shortest, int longest) {
    return Arbitraries.strings()
        .withChars(characters.toCharArray())
        .ofMinLength(shortest)
        .ofMaxLength(longest)
        // A length and letters such as anybody may choose, not the shortest and the first.
        .withoutEdgeCases();
  }

  /** Texts as they are, and what stands for the rest. */
  private static Arbitrary<String> joined(Object... parts) {
    List<Arbitrary<String>> all = new ArrayList<>();
    for (Object part : parts) {
      all.add(
          part instanceof Arbitrary<?> some
              ? some.map(String::valueOf)
              : Arbitraries.just(String.valueOf(part)));
    }
    return Combinators.combine(all).as(texts -> String.join("", texts));
  }
}
