package dev.enclave.kit.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.KeyAlgorithm;
import dev.enclave.SigningAlgorithm;
import dev.enclave.spi.BackendFailure;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdoptedNameTest {

  private static final List<KeyAlgorithm> TWO =
      List.of(SigningAlgorithm.ECDSA_SECP256K1_SHA256, SigningAlgorithm.ECDSA_SECP256K1_KECCAK256);
  private static final List<KeyAlgorithm> ONE = List.of(SigningAlgorithm.ED25519);

  private static KeyAlgorithm algorithm(
      String name, List<KeyAlgorithm> choices, Optional<KeyAlgorithm> told) throws BackendFailure {
    return Adopter.Name.parse(name).orElseThrow().algorithm(choices, told, "a lock");
  }

  @Test
  void takesWhatTheOperatorSays_beforeTheTags() throws BackendFailure {
    assertThat(algorithm("k#ECDSA_SECP256K1_KECCAK256", TWO, Optional.of(TWO.get(0))))
        .isEqualTo(TWO.get(1));
    assertThat(algorithm("k", TWO, Optional.of(TWO.get(1)))).isEqualTo(TWO.get(1));
  }

  @Test
  void takesTheOnlyThingItCanBe_whateverTheTagsSay() throws BackendFailure {
    assertThat(algorithm("k", ONE, Optional.of(TWO.get(0)))).isEqualTo(ONE.get(0));
  }

  @Test
  void asksWhich_whereThereAreSeveral() {
    assertThatThrownBy(() -> algorithm("k", TWO, Optional.empty()))
        .hasMessageContaining("ECDSA_SECP256K1_SHA256, ECDSA_SECP256K1_KECCAK256");
  }

  @Test
  void namesTheKind_thatEnclaveHasNoAlgorithmFor() {
    assertThatThrownBy(() -> algorithm("k", List.of(), Optional.empty()))
        .hasMessageContaining("a lock");
  }

  @Test
  void showsNoTextThatIsNoAlgorithmsName() {
    assertThatThrownBy(() -> algorithm("k#HUNTER2", ONE, Optional.empty()))
        .hasMessageContaining("what is after its #")
        .hasMessageContaining("ED25519")
        .hasMessageNotContaining("HUNTER2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"k#", "k#ed25519", "k#ED25519#ED25519", "k# ED25519"})
  void isNone_withAnotherForm(String text) {
    assertThat(Adopter.Name.parse(text)).isEmpty();
  }
}
