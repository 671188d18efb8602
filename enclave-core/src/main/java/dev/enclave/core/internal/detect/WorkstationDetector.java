package dev.enclave.core.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A developer's machine, positively recognised: a desktop session on hardware people sit at. */
public final class WorkstationDetector implements EnvironmentDetector {

  /** SMBIOS chassis types (DSP0134 §7.4.1) of desktops, laptops, tablets and all-in-ones. */
  private static final Set<String> PERSONAL_CHASSIS =
      Set.of(
          "3", "4", "5", "6", "7", "8", "9", "10", "11", "13", "14", "15", "16", "24", "30", "31",
          "32", "35", "36");

  @Override
  public String id() {
    return "workstation";
  }

  @Override
  public Kind kind() {
    return Kind.WORKSTATION;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
    Optional<Detection> hosted = hostedEditor(environment);
    if (hosted.isPresent()) {
      return hosted.get();
    }
    String os = environment.property("os.name").orElse("").toLowerCase(Locale.ROOT);
    if (os.startsWith("windows")) {
      return windows(environment, os);
    }
    if (os.startsWith("mac")) {
      return mac(environment);
    }
    return linux(environment);
  }

  private static Optional<Detection> hostedEditor(EnvironmentSnapshot environment) {
    if (environment.variable("CODESPACES").isPresent()
        && environment.variable("CODESPACE_NAME").isPresent()) {
      return Optional.of(Detection.present("CODESPACES and CODESPACE_NAME are set"));
    }
    if (environment.variable("REMOTE_CONTAINERS").isPresent()
        && environment.variable("REMOTE_CONTAINERS_IPC").isPresent()) {
      return Optional.of(Detection.present("REMOTE_CONTAINERS and REMOTE_CONTAINERS_IPC are set"));
    }
    return Optional.empty();
  }

  private static Detection windows(EnvironmentSnapshot environment, String os) {
    if (os.contains("server")) {
      return new Detection.Absent("the operating system is a Windows Server");
    }
    return environment
        .variable("SESSIONNAME")
        .map(session -> Detection.present("a Windows client with SESSIONNAME=" + session))
        .orElse(new Detection.Inconclusive("a Windows client without SESSIONNAME"));
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
    if (environment.variable("WSL_DISTRO_NAME").isPresent()
        && environment.read("/proc/version").orElse("").contains("icrosoft")) {
      return Detection.present("WSL_DISTRO_NAME is set", "/proc/version names Microsoft");
    }
    Optional<Detection> desktop = dockerDesktop(environment);
    if (desktop.isPresent()) {
      return desktop.get();
    }
    Optional<String> session = desktopSession(environment);
    String chassis = environment.dmi("chassis_type").orElse("");
    if (session.isPresent() && hyperV(environment)) {
      return new Detection.Inconclusive(
          session.get() + " but DMI names a virtual machine, here or at a cloud");
    }
    if (session.isPresent() && PERSONAL_CHASSIS.contains(chassis)) {
      return Detection.present(session.get(), "DMI chassis type is " + chassis);
    }
    if (session.isPresent()) {
      return new Detection.Inconclusive(session.get() + " but the chassis is no personal computer");
    }
    return new Detection.Absent("no desktop session was found");
  }

  /** Docker Desktop's virtual machine has a kernel of its own: LinuxKit's, on Windows WSL's. */
  private static Optional<Detection> dockerDesktop(EnvironmentSnapshot environment) {
    if (!environment.exists("/.dockerenv")) {
      return Optional.empty();
    }
    String kernel = environment.read("/proc/version").orElse("");
    for (String name : List.of("linuxkit", "microsoft-standard-WSL2")) {
      if (kernel.contains(name)) {
        return Optional.of(Detection.present("/.dockerenv exists", "/proc/version names " + name));
      }
    }
    return Optional.empty();
  }

  /** Hyper-V, and so every Azure machine, says that its chassis is a desktop. */
  private static boolean hyperV(EnvironmentSnapshot environment) {
    return environment.dmi("product_name").orElse("").equals("Virtual Machine");
  }

  private static Optional<String> desktopSession(EnvironmentSnapshot environment) {
    String type = environment.variable("XDG_SESSION_TYPE").orElse("");
    if (type.equals("x11") || type.equals("wayland")) {
      return Optional.of("XDG_SESSION_TYPE=" + type);
    }
    return environment.variable("WAYLAND_DISPLAY").isPresent()
        ? Optional.of("WAYLAND_DISPLAY is set")
        : Optional.empty();
  }
}
