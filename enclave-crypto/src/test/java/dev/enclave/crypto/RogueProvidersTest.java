package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyAlgorithm;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever is registered first, under whatever name, is not asked; each time in a fresh process. */
@Tag("full")
class RogueProvidersTest {

  @Test
  void areNeverAsked_besideTheRealOnes() throws Exception {
    List<String> lines = run();
    assertThat(lines).contains("asked []");
    for (KeyAlgorithm algorithm : KeyAlgorithm.all()) {
      assertThat(lines).contains("engine " + algorithm + " " + TestEngines.of(algorithm));
    }
  }

  // Not SunRsaSign: the JDK itself verifies the signature of Corretto's jar by whoever has that
  // name.
  // Not SUN: without it the JDK has no randomness. JdkHashesTest has it.
  @ParameterizedTest
  @ValueSource(strings = {"SunEC", "SunJCE"})
  void areNeverAsked_inPlaceOfOneOfTheJdks(String name) throws Exception {
    assertThat(run(name)).contains("asked []");
  }

  private static List<String> run(String... arguments) throws IOException, InterruptedException {
    return RogueProviders.run(List.of(), arguments);
  }
}
