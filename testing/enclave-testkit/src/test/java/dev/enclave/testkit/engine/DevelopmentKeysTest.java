package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A key of a development environment lies in the very backend that staging or production has open:
 * every public method that could take it into use is driven here and refuses, or is named as one
 * that cannot. A new method in neither list fails; of a new type {@link AuditCoverageTest} asks
 * what it does with keys.
 */
class DevelopmentKeysTest {

  /** What takes no key into use, and why. */
  private static final Map<String, String> NO_PATH =
      Map.ofEntries(
          Map.entry("Administration.listKeys()", "tells what is there, with its stamp"),
          Map.entry("Administration.keyNames()", "tells names"),
          Map.entry("Orphans.find()", "tells of what belongs to no key"),
          Map.entry("Orphans.discard()", "removes what belongs to no key"),
          Map.entry("StorePassphrase.change(char[])", "protects the store; uses no key in it"),
          Map.entry("StorePassphrase.remove()", "refused here whatever the keys"),
          Map.entry("Enclave.by(String)", "a view on the same methods"),
          Map.entry("Enclave.health()", "asks how backend and log are"),
          Map.entry("Enclave.resolution()", "asks no backend"),
          Map.entry("Enclave.policy()", "asks no backend"),
          Map.entry("Enclave.close()", "nothing can be done afterwards"),
          Map.entry("EnclaveKey.handle()", "a name, from when the key was found"),
          Map.entry("EnclaveKey.algorithm()", "a name, from when the key was found"),
          Map.entry("SigningKey.algorithm()", "a name, from when the key was found"),
          Map.entry("WrappingKey.algorithm()", "a name, from when the key was found"),
          Map.entry("Enclave.signingKeys()", "a view; its methods are driven"),
          Map.entry(
              "Enclave.createKeyOrDefer(KeySpec)",
              "needs a queue; runs operations that are driven here"),
          Map.entry(
              "ManagedKey.rotateOrDefer(RotationRequest)",
              "needs a queue; runs operations that are driven here"),
          Map.entry(
              "SigningKey.signOrDefer(SigningInput,SignOptions)",
              "needs a queue; runs operations that are driven here"),
          Map.entry(
              "SigningKey.signOrDefer(SigningInput,DeferOptions)",
              "needs a queue; runs operations that are driven here"),
          Map.entry("Enclave.deferred()", "a view; it runs operations that are driven here"),
          Map.entry("Enclave.admin()", "a view; its methods are driven"),
          Map.entry("Administration.passphrase()", "a view; its methods are driven"),
          Map.entry("Administration.orphans()", "a view; its methods are driven"),
          Map.entry("Administration.statementKey()", "a key of this environment type alone"),
          Map.entry(
              "Administration.statementKey(BackendId)", "a key of this environment type alone"),
          Map.entry(
              "Migrations.sign(Proposal,Role)",
              "signs with a key of this environment type; what may be run, run() says"),
          Map.entry("Administration.migrations()", "a view; its methods are driven"),
          Map.entry("Administration.rewrapping()", "a view; it uses no key"),
          Map.entry("Rewrapping.rewrap()", "seals what is stored anew; uses no key"),
          Map.entry("Enclave.fallback()", "a view; its methods are driven"),
          Map.entry("Fallback.status(SigningKey)", "says what would sign; uses no key"),
          Map.entry("Rewrapping.rewrapAll()", "seals what is stored anew; uses no key"),
          Map.entry(
              "VersionSigner.sign(SigningInput)", "there is no signer without SigningKey.signer()"),
          Map.entry(
              "VersionSigner.sign(SigningInput,SignOptions)",
              "there is no signer without SigningKey.signer()"),
          Map.entry(
              "VersionSigner.signJws(byte[])", "there is no signer without SigningKey.signer()"),
          Map.entry("VersionSigner.version()", "there is no signer without SigningKey.signer()"),
          Map.entry("VersionSigner.keyId()", "there is no signer without SigningKey.signer()"),
          Map.entry("VersionSigner.algorithm()", "there is no signer without SigningKey.signer()"),
          Map.entry("VersionSigner.publicKey()", "there is no signer without SigningKey.signer()"));

  @Test
  void knowsEveryPublicMethod() {
    TreeSet<String> known = new TreeSet<>(NO_PATH.keySet());
    PathOfAKey.all().forEach(path -> assertThat(known.add(path.method())).isTrue());
    assertThat(PublicMethods.all()).isEqualTo(known);
    System.out.printf(
        "public methods for keys of another environment type: %d refused, %d take no key into"
            + " use%n",
        PathOfAKey.all().count(), NO_PATH.size());
  }

  static Stream<Arguments> places() {
    return Stream.of(EnvironmentType.DEVELOPMENT, EnvironmentType.LOCAL)
        .flatMap(
            made ->
                Stream.of(EnvironmentType.STAGING, EnvironmentType.PRODUCTION)
                    .map(here -> Arguments.of(made, here)));
  }

  @ParameterizedTest
  @MethodSource("places")
  void refusesEveryPath_andAsksNothingOfTheBackendButReading(
      EnvironmentType madeIn, EnvironmentType here) {
    BentProvider backend = new BentProvider("bent");
    PathOfAKey.Made made = PathOfAKey.Made.in(madeIn, backend);
    try (PathOfAKey.Strict strict = PathOfAKey.Strict.in(here, backend, made)) {
      PathOfAKey.all()
          .forEach(
              path ->
                  assertThat(refused(path.refusal(), () -> path.take(strict)))
                      .as(path.method())
                      .isNotBlank());
    }
  }
}
