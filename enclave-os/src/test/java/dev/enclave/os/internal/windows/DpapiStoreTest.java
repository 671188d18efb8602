package dev.enclave.os.internal.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.detection.Detection;
import dev.enclave.testkit.FakeEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be told without Windows; DPAPI itself runs under Wine. */
class DpapiStoreTest {

  @Test
  void isPresent_whereThereIsLocalApplicationData() {
    assertThat(
            new DpapiStore()
                .detect(FakeEnvironment.empty().withVariable("LOCALAPPDATA", "C:\\Users\\a")))
        .isInstanceOf(Detection.Present.class);
    assertThat(new DpapiStore().detect(FakeEnvironment.empty()))
        .isInstanceOf(Detection.Absent.class);
  }

  @Test
  void callsDpapi_byWhatCompilesForTheJavaUnderWine(@TempDir Path folder) throws Exception {
    WineTest.compileForWine(folder);

    Path probe = folder.resolve(DpapiProbe.class.getName().replace('.', '/') + ".class");
    assertThat(Files.readAllBytes(probe)).startsWith(0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 55);
  }

  @Test
  void findsNothing_whereNothingWasKept(@TempDir Path folder) throws Exception {
    assertThat(new DpapiPlace(new DpapiKeys(folder)).has("store")).isFalse();
  }

  @Test
  void saysThatDpapiCannotBeCalled_elsewhere(@TempDir Path folder) {
    assumeThat(System.getProperty("os.name")).doesNotStartWith("Windows");
    DpapiPlace place = new DpapiPlace(new DpapiKeys(folder));
    try (SecretBytes key = SecretBytes.takeOver(new byte[32])) {
      BackendFailure failure =
          catchThrowableOfType(BackendFailure.class, () -> place.keep("store", key));

      assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
      assertThat(failure).hasMessageContaining("JNA, by which DPAPI is called, cannot be loaded");
    }
  }
}
