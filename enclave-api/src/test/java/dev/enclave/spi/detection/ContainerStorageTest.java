package dev.enclave.spi.detection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.diagnosis.HealthReport.Finding;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** By mountinfo in the form that Docker, Podman and Kubernetes give it. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "mountinfo names POSIX paths")
final class ContainerStorageTest {

  private static final Path KEYS = Path.of("/data/keys");

  private static final String OVERLAY_ROOT =
      "1290 1289 0:231 / / rw,relatime master:512 - overlay overlay rw,lowerdir=/l,upperdir=/u\n";
  private static final String VFS_ROOT =
      "1290 1289 8:1 /var/lib/containers/vfs/dir/1 / rw - ext4 /dev/sda1 rw\n";
  private static final String PROC = "1291 1290 0:234 / /proc rw,nosuid - proc proc rw\n";
  private static final String VOLUME =
      "1310 1290 8:1 /var/lib/docker/volumes/keys/_data /data rw - ext4 /dev/sda1 rw\n";
  private static final String TMPFS = "1311 1290 0:99 / /data rw,nosuid - tmpfs tmpfs rw\n";

  private record Machine(String mountinfo, Set<String> files) implements EnvironmentSnapshot {
    @Override
    public Map<String, String> variables() {
      return Map.of();
    }

    @Override
    public Map<String, String> properties() {
      return Map.of();
    }

    @Override
    public boolean exists(String path) {
      return files.contains(path);
    }

    @Override
    public Optional<String> read(String path) {
      return path.equals("/proc/self/mountinfo") && !mountinfo.isEmpty()
          ? Optional.of(mountinfo)
          : Optional.empty();
    }
  }

  private static Optional<String> warning(String mountinfo, String... files) {
    return ContainerStorage.warning(
            new Machine(mountinfo, Set.of(files)), KEYS, "enclave.software.directory")
        .map(Finding::observed);
  }

  @Test
  void warns_onTheOverlayOfDocker() {
    assertThat(warning(OVERLAY_ROOT + PROC, "/.dockerenv"))
        .hasValueSatisfying(
            w -> assertThat(w).contains("/data/keys", "lost with the container", "volume"));
  }

  @Test
  void warns_onTheOverlayOfPodman() {
    assertThat(warning(OVERLAY_ROOT + PROC, "/run/.containerenv")).isPresent();
  }

  @Test
  void warns_inAContainerWhoseRootIsNoOverlay() {
    assertThat(warning(VFS_ROOT + PROC, "/run/.containerenv")).isPresent();
  }

  @Test
  void warns_onAnOverlayRoot_withoutAnyMarker() {
    assertThat(warning(OVERLAY_ROOT)).isPresent();
  }

  @Test
  void isSilent_onAVolume() {
    assertThat(warning(OVERLAY_ROOT + PROC + VOLUME, "/.dockerenv")).isEmpty();
  }

  @Test
  void warns_whenAVolumeHasOnlyTheSameBeginningOfItsName() {
    assertThat(warning(OVERLAY_ROOT + VOLUME.replace(" /data ", " /data/key "), "/.dockerenv"))
        .isPresent();
  }

  @Test
  void isSilent_onAVolumeInsideAnother() {
    assertThat(
            warning(
                OVERLAY_ROOT + TMPFS + VOLUME.replace(" /data ", " /data/keys "), "/.dockerenv"))
        .isEmpty();
  }

  @Test
  void warns_inMemory() {
    assertThat(warning(OVERLAY_ROOT + TMPFS, "/.dockerenv"))
        .hasValueSatisfying(w -> assertThat(w).contains("tmpfs"));
  }

  @Test
  void warns_whereAMountHidesAnEarlierOne() {
    assertThat(warning(OVERLAY_ROOT + VOLUME + TMPFS, "/.dockerenv")).isPresent();
    assertThat(warning(OVERLAY_ROOT + TMPFS + VOLUME, "/.dockerenv")).isEmpty();
  }

  @Test
  void readsEscapedSpaces() {
    Optional<Finding> finding =
        ContainerStorage.warning(
            new Machine(
                OVERLAY_ROOT + VOLUME.replace(" /data ", " /my\\040data "), Set.of("/.dockerenv")),
            Path.of("/my data/keys"),
            "enclave.software.directory");
    assertThat(finding).isEmpty();
  }

  @Test
  void isSilent_outsideAContainer() {
    assertThat(warning(VFS_ROOT.replace("/var/lib/containers/vfs/dir/1", "/"))).isEmpty();
    assertThat(warning("")).isEmpty();
  }

  @Test
  void isSilent_whereTheKernelDoesNotSay() {
    assertThat(warning("", "/.dockerenv")).isEmpty();
    assertThat(warning("nonsense\n\n - \n", "/.dockerenv")).isEmpty();
  }

  @Test
  void namesTheSettingInTheFix() {
    assertThat(
            ContainerStorage.warning(
                new Machine(OVERLAY_ROOT, Set.of()), KEYS, "enclave.software.directory"))
        .hasValueSatisfying(
            f -> assertThat(f.fix()).contains("enclave.software.directory", ":/data/keys"));
  }
}
