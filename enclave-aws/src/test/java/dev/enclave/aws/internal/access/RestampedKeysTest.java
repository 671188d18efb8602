package dev.enclave.aws.internal.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.aws.internal.KmsBench;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.Tag;

/**
 * All printed policies together let nobody give a key of their own another environment's stamp:
 * what reads it would take a development key for one of production.
 */
class RestampedKeysTest {

  private static final String ENVIRONMENT = "enclave:environment";
  private static final String KEY = "enclave:key";

  private static KmsBench bench;
  private static String made;

  /** A key that was made under the policies. */
  @BeforeAll
  static void make() {
    bench = new KmsBench();
    bench.server.identityPolicies(
        List.of(
            PrintedPolicies.of(PrintedPolicies.SIGNING),
            PrintedPolicies.of(PrintedPolicies.CREATING),
            PrintedPolicies.of(PrintedPolicies.RECONCILE),
            PrintedPolicies.of(PrintedPolicies.CONFORMANCE)));
    made =
        bench
            .console()
            .createKey(r -> r.tags(tag(ENVIRONMENT, "PRODUCTION"), tag(KEY, "wallet")))
            .keyMetadata()
            .keyId();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @FunctionalInterface
  private interface Attempt {
    void on(KmsClient kms, String keyId);
  }

  private static Tag tag(String key, String value) {
    return Tag.builder().tagKey(key).tagValue(value).build();
  }

  private static Attempt tags(Tag... tags) {
    return (kms, keyId) -> kms.tagResource(r -> r.keyId(keyId).tags(tags));
  }

  private static Attempt untags(String... keys) {
    return (kms, keyId) -> kms.untagResource(r -> r.keyId(keyId).tagKeys(keys));
  }

  private static Attempt makes(Tag... tags) {
    return (kms, keyId) -> kms.createKey(r -> r.tags(tags));
  }

  private static Arguments of(String what, Attempt attempt) {
    return Arguments.of(what, attempt);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        of("another environment", tags(tag(ENVIRONMENT, "STAGING"))),
        of("no environment", tags(tag(ENVIRONMENT, ""))),
        of("another one among more", tags(tag("team", "x"), tag(ENVIRONMENT, "STAGING"))),
        of("without its environment", untags(ENVIRONMENT)),
        of("without its name", untags(KEY)),
        of("without its environment among more", untags("team", ENVIRONMENT)),
        of("made for another", makes(tag(ENVIRONMENT, "STAGING"), tag(KEY, "wallet"))),
        of(
            "made for another, as adoptable",
            makes(
                tag("enclave:conformance", "adoptable"),
                tag(ENVIRONMENT, "STAGING"),
                tag(KEY, "wallet"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void isRefused(String what, Attempt attempt) {
    KmsException refused =
        catchThrowableOfType(KmsException.class, () -> attempt.on(bench.console(), made));

    assertThat(refused).isNotNull();
    assertThat(refused.awsErrorDetails().errorCode()).isEqualTo("AccessDeniedException");
  }

  static Stream<Arguments> allowed() {
    return Stream.of(
        of("its own environment", tags(tag(ENVIRONMENT, "PRODUCTION"))),
        of("another tag", tags(tag("team", "x"))),
        of("without another tag", untags("team")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("allowed")
  void isAllowed(String what, Attempt attempt) {
    attempt.on(bench.console(), made);
  }
}
