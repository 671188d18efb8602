package dev.enclave.core.internal.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.core.internal.support.MapEnvironment;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One row per place: what is there, who looks, what it says. */
final class DetectorsTest {

  private static final EnvironmentDetector KUBERNETES = detector("kubernetes");
  private static final EnvironmentDetector CI = detector("ci");
  private static final EnvironmentDetector CONTAINER = detector("container");
  private static final EnvironmentDetector WORKSTATION = detector("workstation");
  private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource({"pods", "builds", "containers", "desktops", "linuxes"})
  void saysWhatThePlaceIs(
      EnvironmentDetector detector, String status, String word, MapEnvironment environment) {
    Detection detection = detector.detect(environment);

    assertThat(detection.getClass().getSimpleName()).isEqualTo(status);
    assertThat(detection.toString()).contains(word);
  }

  private static EnvironmentDetector detector(String id) {
    return new OwnDetectors()
        .detectors().stream().filter(d -> d.id().equals(id)).findAny().orElseThrow();
  }

  static Stream<Arguments> pods() {
    return Stream.of(
        row(KUBERNETES, "Absent", "not set", place()),
        row(KUBERNETES, "Inconclusive", "missing", place("KUBERNETES_SERVICE_HOST=10.0.0.1")),
        row(KUBERNETES, "Absent", "not set", place("KUBERNETES_SERVICE_HOST=")),
        row(KUBERNETES, "Inconclusive", "not set", place().file(ACCOUNT + "namespace", "x")),
        row(KUBERNETES, "Inconclusive", "missing", pod().file(ACCOUNT + "token", "x")),
        row(KUBERNETES, "Present", "is set", pod().file(ACCOUNT + "namespace", "x")),
        row(KUBERNETES, "Present", "exists", pod().file(ACCOUNT + "ca.crt", "x")));
  }

  static Stream<Arguments> builds() {
    return Stream.of(
        row(CI, "Absent", "no build product", place()),
        row(CI, "Absent", "alone decides nothing", place("CI=true")),
        row(CI, "Absent", "alone decides nothing", place("CI=true", "GITHUB_ACTIONS=true")),
        row(CI, "Absent", "no build product", place("GITHUB_ACTIONS=true", "CI_JOB_ID=1")),
        row(CI, "Absent", "no build product", place("GITLAB_CI=true", "CI_JOB_ID=")),
        row(CI, "Present", "GITHUB", place("GITHUB_ACTIONS=true", "GITHUB_RUN_ID=1")),
        row(CI, "Present", "GITLAB", place("GITLAB_CI=true", "CI_JOB_ID=1")),
        row(CI, "Present", "TF_BUILD", place("TF_BUILD=True", "BUILD_BUILDID=1")),
        row(CI, "Present", "JENKINS", place("JENKINS_URL=https://x", "BUILD_TAG=1")),
        row(CI, "Present", "CODEBUILD", place("CODEBUILD_BUILD_ID=1", "CODEBUILD_BUILD_ARN=2")),
        row(CI, "Absent", "no build product", place("CODEBUILD_BUILD_ID=1")),
        row(CI, "Present", "BUILDKITE", place("BUILDKITE=true", "BUILDKITE_BUILD_ID=1")),
        row(CI, "Present", "CIRCLECI", place("CIRCLECI=true", "CIRCLE_WORKFLOW_ID=1")));
  }

  static Stream<Arguments> containers() {
    String overlay = "501 420 0:99 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/a\n";
    String disk = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n";
    String inside = "60 22 0:50 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw\n";
    return Stream.of(
        row(CONTAINER, "Absent", "no container", place()),
        row(CONTAINER, "Present", "dockerenv", place().file("/.dockerenv", "")),
        row(CONTAINER, "Present", "containerenv", place().file("/run/.containerenv", "")),
        row(CONTAINER, "Present", "container=podman", place("container=podman")),
        row(CONTAINER, "Present", "overlay", mounts(disk + overlay)),
        row(CONTAINER, "Absent", "no container", mounts(disk + inside)),
        row(CONTAINER, "Present", "overlay", mounts("1 2 0:9 / / rw - fuse.fuse-overlayfs x rw\n")),
        row(
            CONTAINER,
            "Present",
            "hostname",
            mounts(
                "1 2 8:1 /var/lib/docker/containers/ab/hostname /etc/hostname rw - ext4 x rw\n")),
        row(
            CONTAINER,
            "Present",
            "hostname",
            mounts(
                "1 2 0:9 /overlay-containers/ab/userdata/hostname /etc/hostname rw - tmpfs x\n")),
        row(
            CONTAINER,
            "Absent",
            "no container",
            mounts("1 2 8:1 /hostname /etc/hostname - ext4\n")),
        row(CONTAINER, "Absent", "no container", mounts("\n  \n/ / / / /\n")));
  }

  static Stream<Arguments> desktops() {
    return Stream.of(
        row(WORKSTATION, "Present", "Console", os("Windows 11", "SESSIONNAME=Console")),
        row(WORKSTATION, "Inconclusive", "SESSIONNAME", os("Windows 11")),
        row(WORKSTATION, "Absent", "Server", os("Windows Server 2022", "SESSIONNAME=Console")),
        row(WORKSTATION, "Present", "TERM_PROGRAM", os("Mac OS X", "TERM_PROGRAM=iTerm.app")),
        row(WORKSTATION, "Present", "CFBundle", os("Mac OS X", "__CFBundleIdentifier=x")),
        row(WORKSTATION, "Inconclusive", "macOS", os("Mac OS X")),
        row(WORKSTATION, "Present", "CODESPACE", place("CODESPACES=true", "CODESPACE_NAME=x")),
        row(WORKSTATION, "Absent", "no desktop", place("CODESPACES=true")),
        row(
            WORKSTATION,
            "Present",
            "REMOTE_CONTAINERS",
            place("REMOTE_CONTAINERS=true", "REMOTE_CONTAINERS_IPC=/x")),
        row(WORKSTATION, "Absent", "no desktop", place("REMOTE_CONTAINERS=true")));
  }

  static Stream<Arguments> linuxes() {
    String wsl = "Linux version 5.15.90.1-microsoft-standard-WSL2";
    return Stream.of(
        row(WORKSTATION, "Absent", "no desktop", os("Linux")),
        row(WORKSTATION, "Present", "linuxkit", docker("Linux version 6.6.32-linuxkit")),
        row(WORKSTATION, "Present", "WSL2", docker(wsl)),
        row(WORKSTATION, "Absent", "no desktop", docker("Linux version 6.1.0-amd64")),
        row(
            WORKSTATION,
            "Absent",
            "no desktop",
            os("Linux").file("/proc/version", "Linux version 6.6.32-linuxkit")),
        row(WORKSTATION, "Absent", "no desktop", os("Linux", "XDG_SESSION_TYPE=tty")),
        row(WORKSTATION, "Absent", "no desktop", chassis("10", "ThinkPad")),
        row(
            WORKSTATION,
            "Present",
            "chassis type is 10",
            chassis("10", "ThinkPad", "XDG_SESSION_TYPE=x11")),
        row(
            WORKSTATION,
            "Present",
            "WAYLAND_DISPLAY",
            chassis("3", "OptiPlex", "WAYLAND_DISPLAY=wayland-0")),
        row(
            WORKSTATION,
            "Inconclusive",
            "no personal computer",
            chassis("23", "PowerEdge", "XDG_SESSION_TYPE=wayland")),
        row(
            WORKSTATION,
            "Inconclusive",
            "no personal computer",
            chassis("1", "Google Compute Engine", "XDG_SESSION_TYPE=x11")),
        row(
            WORKSTATION,
            "Inconclusive",
            "virtual machine",
            chassis("3", "Virtual Machine", "XDG_SESSION_TYPE=x11")),
        row(WORKSTATION, "Inconclusive", "no personal", os("Linux", "XDG_SESSION_TYPE=x11")),
        row(
            WORKSTATION,
            "Present",
            "Microsoft",
            os("Linux", "WSL_DISTRO_NAME=Debian").file("/proc/version", wsl)),
        row(
            WORKSTATION,
            "Absent",
            "no desktop",
            os("Linux", "WSL_DISTRO_NAME=Debian").file("/proc/version", "Linux version 6.1")));
  }

  private static Arguments row(
      EnvironmentDetector detector, String status, String word, MapEnvironment environment) {
    return Arguments.of(detector, status, word, environment);
  }

  private static MapEnvironment place(String... variables) {
    MapEnvironment environment = new MapEnvironment();
    for (String variable : variables) {
      int sign = variable.indexOf('=');
      environment.variable(variable.substring(0, sign), variable.substring(sign + 1));
    }
    return environment;
  }

  private static MapEnvironment os(String name, String... variables) {
    return place(variables).property("os.name", name);
  }

  private static MapEnvironment chassis(String type, String product, String... variables) {
    return os("Linux", variables)
        .file("/sys/class/dmi/id/chassis_type", type + "\n")
        .file("/sys/class/dmi/id/product_name", product + "\n");
  }

  private static MapEnvironment docker(String kernel) {
    return os("Linux").file("/.dockerenv", "").file("/proc/version", kernel);
  }

  private static MapEnvironment pod() {
    return place("KUBERNETES_SERVICE_HOST=10.0.0.1");
  }

  private static MapEnvironment mounts(String mountinfo) {
    return place().file("/proc/self/mountinfo", mountinfo);
  }
}
