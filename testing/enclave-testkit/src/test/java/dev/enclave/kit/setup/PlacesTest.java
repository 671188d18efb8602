package dev.enclave.kit.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.FakeEnvironment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlacesTest {

  private static final Places ANY =
      new Places("Remote", List.of("remote-vm"), List.of("endpoint", "region"));

  private static final Places WITH_VAULT =
      new Places("Remote", List.of("remote-vm"), List.of("endpoint"), Optional.of("vault"));

  private static final Detection VM = Detection.present("DMI names it");

  private static Detection detect(Places places, Map<String, String> settings, Detection vm) {
    return places.detect(
        new DetectionContext(
            FakeEnvironment.empty(),
            new BackendSettings(BackendId.of("remote"), settings),
            Map.of("remote-vm", vm)));
  }

  private static final Detection NONE = new Detection.Absent("no");

  @Test
  void isPresent_byAPlaceOrASetting() {
    assertThat(detect(ANY, Map.of(), VM)).isEqualTo(Detection.present("remote-vm: DMI names it"));
    assertThat(detect(ANY, Map.of("region", "x"), NONE))
        .isEqualTo(Detection.present("enclave.remote.region is set"));
  }

  @Test
  void isAbsent_namingTheFirstSetting() {
    assertThat(detect(ANY, Map.of(), NONE))
        .isEqualTo(
            new Detection.Absent(
                "no place of Remote was recognised, and enclave.remote.endpoint is not set"));
  }

  @Test
  void isInconclusive_whereADetectorIs() {
    assertThat(detect(ANY, Map.of(), new Detection.Inconclusive("half of it")))
        .isEqualTo(new Detection.Inconclusive("remote-vm: half of it"));
  }

  @Test
  void isNone_withoutTheSettingThatIsNeeded() {
    assertThat(detect(WITH_VAULT, Map.of(), VM))
        .isEqualTo(
            new Detection.Absent(
                "this is Remote (remote-vm: DMI names it), and enclave.remote.vault is not set"));
    assertThat(detect(WITH_VAULT, Map.of("vault", "x"), VM))
        .isEqualTo(Detection.present("remote-vm: DMI names it", "enclave.remote.vault is set"));
  }

  @Test
  void isNone_byTheNeededSettingAlone() {
    assertThat(detect(WITH_VAULT, Map.of("vault", "x"), NONE))
        .isEqualTo(new Detection.Absent("no place of Remote was recognised"));
  }
}
