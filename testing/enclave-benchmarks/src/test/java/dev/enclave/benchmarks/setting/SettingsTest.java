package dev.enclave.benchmarks.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.enclave.benchmarks.measure.Case;
import dev.enclave.benchmarks.measure.Programme;
import dev.enclave.benchmarks.rival.Contender;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The options of the script. */
class SettingsTest {

  private static final Path DIRECTORY = Path.of("nothing-is-written");

  @Test
  void measuresEverything_unlessQuick() {
    assertThat(Settings.parse(List.of(), DIRECTORY).schemes()).containsExactly(Scheme.values());
    assertThat(Settings.parse(List.of("--quick"), DIRECTORY).schemes())
        .contains(Scheme.P256)
        .doesNotContain(Scheme.RSA_4096);
  }

  @Test
  void measuresJdk17_whereItIsNamed() {
    Row17 with = new Row17(Settings.parse(List.of("--jdk17=/opt/jdk-17"), DIRECTORY));
    Row17 without = new Row17(Settings.parse(List.of(), DIRECTORY));
    assertThat(with.contenders()).contains(Contender.JDK, Contender.JDK_17);
    assertThat(without.contenders()).contains(Contender.JDK).doesNotContain(Contender.JDK_17);
  }

  @Test
  void measuresTheCloudsAlone_whenAskedTo() {
    assertThat(Settings.parse(List.of("--clouds"), DIRECTORY).cloudsOnly()).isTrue();
    assertThat(Settings.parse(List.of("--quick"), DIRECTORY).cloudsOnly()).isFalse();
  }

  private record Row17(Settings settings) {
    List<Contender> contenders() {
      return Programme.contenders(new Case.Row(Scheme.P256, Case.Operation.SIGN, 1), settings);
    }
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Settings.parse(List.of("--fast"), DIRECTORY))
        .withMessage("Option --fast is unknown. Use --quick, --clouds, --jdk17=HOME or nothing.");
  }
}
