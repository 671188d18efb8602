package dev.enclave.crypto.internal.choice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyAlgorithm;
import dev.enclave.crypto.internal.LoggedMessages;
import dev.enclave.crypto.internal.corretto.CorrettoLoader;
import dev.enclave.crypto.internal.secp256k1.Secp256k1Loader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs with the accelerators on the class path, and once more without any of them. */
@Tag("each-engine")
class EngineWarningsTest {

  @Test
  void warnsOfNothing_whetherAcceleratorsAreOnTheClassPathOrNot() {
    ClassLoader classPath = EngineWarningsTest.class.getClassLoader();
    Engines engines =
        new Engines(
            new Accelerator(
                "Corretto",
                new CorrettoLoader(
                        classPath, System.getProperty("os.name"), System.getProperty("os.arch"))
                    ::load),
            new Accelerator("libsecp256k1", new Secp256k1Loader(classPath)::load));
    try (LoggedMessages logged = new LoggedMessages()) {
      assertThat(engines.inventory()).hasSize(KeyAlgorithm.all().size());
      assertThat(logged.messages()).isEmpty();
    }
  }
}
