package dev.enclave.core.internal.detect;

import dev.enclave.kit.setup.PlaceDetectors;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetector.Kind;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The places that are no cloud's own. */
public final class OwnDetectors extends PlaceDetectors {

  private static final String API_SERVER = "KUBERNETES_SERVICE_HOST";
  private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";

  /** SMBIOS chassis types (DSP0134 §7.4.1) of desktops, laptops, tablets and all-in-ones. */
  private static final Set<String> PERSONAL_CHASSIS =
      Set.of(
          "3", "4", "5", "6", "7", "8", "9", "10", "11", "13", "14", "15", "16", "24", "30", "31",
          "32", "35", "36");

  /** Two variables of each build product. */
  private static final String[][] BUILDS = {
    {"GITHUB_ACTIONS", "GITHUB_RUN_ID"},
    {"GITLAB_CI", "CI_JOB_ID"},
    {"TF_BUILD", "BUILD_BUILDID"},
    {"JENKINS_URL", "BUILD_TAG"},
    // A build of CodeBuild runs as a task of ECS too, which decides before this does.
    {"CODEBUILD_BUILD_ID", "CODEBUILD_BUILD_ARN"},
    {"BUILDKITE", "BUILDKITE_BUILD_ID"},
    {"CIRCLECI", "CIRCLE_WORKFLOW_ID"}
  };

  private static final String[][] HOSTED_EDITORS = {
    {"CODESPACES", "CODESPACE_NAME"}, {"REMOTE_CONTAINERS", "REMOTE_CONTAINERS_IPC"}
  };

  @Override
  public List<EnvironmentDetector> detectors() {
    return List.of(
        // A pod: the API server's variable and the service account's files. A token may be absent.
        new Place("kubernetes", Kind.WORKLOAD),
        // Of any engine. Says nothing about the environment type: laptops run them too.
        new Place("container", Kind.CONTEXT),
        // CI alone never decides, since workloads carry it by accident.
        new Place("ci", Kind.CI),
        // A developer's machine, positively recognised: a desktop session on hardware people sit
        // at.
        new Place("workstation", Kind.WORKSTATION));
  }

  @Override
  protected Detection detect(Place place, EnvironmentSnapshot environment) {
    return switch (place.id()) {
      case "kubernetes" -> pod(environment);
      case "container" -> container(environment);
      case "ci" -> build(environment);
      default -> workstation(environment);
    };
  }

  private static Detection pod(EnvironmentSnapshot environment) {
    boolean variable = environment.variable(API_SERVER).isPresent();
    boolean files =
        environment.exists(ACCOUNT + "namespace") || environment.exists(ACCOUNT + "ca.crt");
    if (variable && files) {
      return Detection.present(API_SERVER + " is set", ACCOUNT + " exists");
    }
    if (variable) {
      return new Detection.Inconclusive(API_SERVER + " is set but " + ACCOUNT + " is missing");
    }
    if (files) {
      return new Detection.Inconclusive(ACCOUNT + " exists but " + API_SERVER + " is not set");
    }
    return new Detection.Absent(API_SERVER + " is not set and " + ACCOUNT + " is missing");
  }

  private static Detection container(EnvironmentSnapshot environment) {
    List<String> evidence = new ArrayList<>();
    for (String marker : List.of("/.dockerenv", "/run/.containerenv")) {
      if (environment.exists(marker)) {
        evidence.add(marker + " exists");
      }
    }
    Optional<String> engine = environment.variable("container");
    if (engine.isPresent()) {
      evidence.add("container=" + engine.get());
    }
    byMounts(environment.read("/proc/self/mountinfo").orElse(""), evidence);
    return evidence.isEmpty()
        ? new Detection.Absent("no container marker was found")
        : new Detection.Present(evidence);
  }

  /**
   * Fields of a line (proc(5)): id, parent, device, root, mount point, options …, "-", file system
   * type, source.
   */
  private static void byMounts(String mountinfo, List<String> evidence) {
    boolean overlayRoot = false;
    boolean engineFile = false;
    for (String line : mountinfo.split("\n", -1)) {
      String[] fields = line.split(" ", -1);
      if (fields.length > 4) {
        overlayRoot |=
            fields[4].equals("/")
                && (line.contains(" - overlay ") || line.contains(" - fuse.fuse-overlayfs "));
        engineFile |=
            fields[4].equals("/etc/hostname")
                && (fields[3].contains("/containers/") || fields[3].contains("-containers/"));
      }
    }
    if (overlayRoot) {
      evidence.add("/proc/self/mountinfo has an overlay as root");
    }
    // Engines mount files of their own over these, whatever the root is.
    if (engineFile) {
      evidence.add("/proc/self/mountinfo has a container engine's /etc/hostname");
    }
  }

  private static Detection build(EnvironmentSnapshot environment) {
    Optional<Detection> product = firstPair(environment, BUILDS);
    if (product.isPresent()) {
      return product.get();
    }
    return new Detection.Absent(
        environment.variable("CI").isPresent()
            ? "CI is set, which alone decides nothing, and no product's pair of variables is"
            : "no build product's pair of variables is set");
  }

  private static Optional<Detection> firstPair(EnvironmentSnapshot environment, String[][] pairs) {
    for (String[] pair : pairs) {
      if (environment.variable(pair[0]).isPresent() && environment.variable(pair[1]).isPresent()) {
        return Optional.of(Detection.present(pair[0] + " and " + pair[1] + " are set"));
      }
    }
    return Optional.empty();
  }

  private static Detection workstation(EnvironmentSnapshot environment) {
    Optional<Detection> hosted = firstPair(environment, HOSTED_EDITORS);
    if (hosted.isPresent()) {
      return hosted.get();
    }
    String os = environment.property("os.name").orElse("").toLowerCase(Locale.ROOT);
    if (os.startsWith("windows")) {
      return windows(environment, os);
    }
    return os.startsWith("mac") ? mac(environment) : linux(environment);
  }

  private static Detection windows(EnvironmentSnapshot environment, String os) {
    if (os.contains("server")) {
      return new Detection.Absent("the operating system is a Windows Server");
    }
    Optional<String> session = environment.variable("SESSIONNAME");
    return session.isPresent()
        ? Detection.present("a Windows client with SESSIONNAME=" + session.get())
        : new Detection.Inconclusive("a Windows client without SESSIONNAME");
  }

  private static Detection mac(EnvironmentSnapshot environment) {
    for (String variable : List.of("TERM_PROGRAM", "__CFBundleIdentifier")) {
      if (environment.variable(variable).isPresent()) {
        return Detection.present("macOS with a desktop session (" + variable + " is set)");
      }
    }
    return new Detection.Inconclusive("macOS without signs of a desktop session");
  }

  private static Detection linux(EnvironmentSnapshot environment) {
    String kernel = environment.read("/proc/version").orElse("");
    if (environment.variable("WSL_DISTRO_NAME").isPresent() && kernel.contains("icrosoft")) {
      return Detection.present("WSL_DISTRO_NAME is set", "/proc/version names Microsoft");
    }
    // Docker Desktop's virtual machine has a kernel of its own: LinuxKit's, on Windows WSL's.
    for (String name : List.of("linuxkit", "microsoft-standard-WSL2")) {
      if (environment.exists("/.dockerenv") && kernel.contains(name)) {
        return Detection.present("/.dockerenv exists", "/proc/version names " + name);
      }
    }
    String session = desktopSession(environment);
    String chassis = environment.dmi("chassis_type").orElse("");
    if (session.isEmpty()) {
      return new Detection.Absent("no desktop session was found");
    }
    // Hyper-V, and so every Azure machine, says that its chassis is a desktop.
    if (environment.dmi("product_name").orElse("").equals("Virtual Machine")) {
      return new Detection.Inconclusive(
          session + " but DMI names a virtual machine, here or at a cloud");
    }
    return PERSONAL_CHASSIS.contains(chassis)
        ? Detection.present(session, "DMI chassis type is " + chassis)
        : new Detection.Inconclusive(session + " but the chassis is no personal computer");
  }

  private static String desktopSession(EnvironmentSnapshot environment) {
    String type = environment.variable("XDG_SESSION_TYPE").orElse("");
    if (type.equals("x11") || type.equals("wayland")) {
      return "XDG_SESSION_TYPE=" + type;
    }
    return environment.variable("WAYLAND_DISPLAY").isPresent() ? "WAYLAND_DISPLAY is set" : "";
  }
}
