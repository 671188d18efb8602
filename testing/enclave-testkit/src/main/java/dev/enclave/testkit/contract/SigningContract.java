package dev.enclave.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyVersion;
import dev.enclave.SigningInput;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.testkit.BackendHarness;
import dev.enclave.testkit.internal.bench.Inputs;
import dev.enclave.testkit.internal.bench.Verification;
import dev.enclave.testkit.internal.bench.Workbench;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Signatures are made by exactly the version asked for and verify by its public key. */
public interface SigningContract extends BackendUnderTest {

  /** Creates a key of every declared signing algorithm and signs every kind of declared input. */
  @TestFactory
  default Stream<DynamicTest> signsEveryDeclaredInput() {
    return signingAlgorithms(harness()).stream()
        .map(
            algorithm ->
                DynamicTest.dynamicTest(
                    "signsEveryDeclaredInput_of" + algorithm,
                    () -> requireSigning(harness(), algorithm)));
  }

  private static List<KeyAlgorithm> signingAlgorithms(BackendHarness harness) {
    List<KeyAlgorithm> algorithms = new java.util.ArrayList<>();
    Workbench.with(
        harness,
        bench ->
            bench.backend().describe().offered().stream()
                .filter(algorithm -> algorithm.purpose() == KeyPurpose.SIGN)
                .forEach(algorithms::add));
    return algorithms;
  }

  private static void requireSigning(BackendHarness harness, KeyAlgorithm algorithm) {
    Workbench.with(
        harness,
        bench -> {
          KeySnapshot key = bench.create(algorithm);
          KeyVersion version = key.active().orElseThrow();
          AlgorithmSupport support = bench.backend().describe().support(algorithm).orElseThrow();
          for (SigningInput input : Inputs.allDeclared(support, harness.random())) {
            Verification.requireSigned(version, input, bench.sign(key.ref(version), input));
          }
        });
  }

  @Test
  default void namesTheVersionItUsed() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersion version = key.active().orElseThrow();
          RawSignature signature = bench.sign(key.ref(version), bench.input(key.algorithm()));
          assertThat(signature.version()).isEqualTo(version.id());
        });
  }

  @Test
  default void signsTheSameInputAgain() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersion version = key.active().orElseThrow();
          SigningInput input = bench.input(key.algorithm());
          Verification.requireSigned(version, input, bench.sign(key.ref(version), input));
          Verification.requireSigned(version, input, bench.sign(key.ref(version), input));
        });
  }

  @Test
  default void signsExactlyTheInput() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot key = bench.create();
          KeyVersion version = key.active().orElseThrow();
          RawSignature signature = bench.sign(key.ref(version), bench.input(key.algorithm()));
          assertThat(
                  Verification.verifies(
                      version.publicKey().orElseThrow(), bench.input(key.algorithm()), signature))
              .isFalse();
        });
  }

  @Test
  default void signsWithTheKeyOfTheName() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot one = bench.create();
          KeySnapshot other = bench.create();
          SigningInput input = bench.input(one.algorithm());
          RawSignature signature = bench.sign(one.ref(one.active().orElseThrow()), input);
          assertThat(
                  Verification.verifies(
                      other.active().orElseThrow().publicKey().orElseThrow(), input, signature))
              .isFalse();
        });
  }

  @Test
  default void changesNothing_bySigning() {
    Workbench.with(
        harness(),
        bench -> {
          KeySnapshot key = bench.create();
          bench.sign(key.ref(key.active().orElseThrow()), bench.input(key.algorithm()));
          assertThat(bench.load(key.name())).isEqualTo(key);
        });
  }
}
