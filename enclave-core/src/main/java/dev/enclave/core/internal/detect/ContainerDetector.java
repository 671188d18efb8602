package dev.enclave.core.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A container of any engine. Says nothing about the environment type: laptops run them too. */
public final class ContainerDetector implements EnvironmentDetector {

  @Override
  public String id() {
    return "container";
  }

  @Override
  public Kind kind() {
    return Kind.CONTEXT;
  }

  @Override
  public Detection detect(EnvironmentSnapshot environment) {
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
    evidence.addAll(byMounts(environment.read("/proc/self/mountinfo").orElse("")));
    return evidence.isEmpty()
        ? new Detection.Absent("no container marker was found")
        : new Detection.Present(evidence);
  }

  /**
   * Fields of a line (proc(5)): id, parent, device, root, mount point, options …, "-", file system
   * type, source.
   */
  private static List<String> byMounts(String mountinfo) {
    boolean overlayRoot = false;
    boolean engineFile = false;
    for (String line : mountinfo.split("\n", -1)) {
      String[] fields = line.split(" ");
      if (fields.length > 4) {
        overlayRoot |= overlayRoot(line, fields);
        engineFile |= engineFile(fields);
      }
    }
    List<String> evidence = new ArrayList<>();
    if (overlayRoot) {
      evidence.add("/proc/self/mountinfo has an overlay as root");
    }
    // Engines mount files of their own over these, whatever the root is.
    if (engineFile) {
      evidence.add("/proc/self/mountinfo has a container engine's /etc/hostname");
    }
    return evidence;
  }

  private static boolean overlayRoot(String line, String[] fields) {
    return fields[4].equals("/")
        && (line.contains(" - overlay ") || line.contains(" - fuse.fuse-overlayfs "));
  }

  private static boolean engineFile(String[] fields) {
    return fields[4].equals("/etc/hostname")
        && (fields[3].contains("/containers/") || fields[3].contains("-containers/"));
  }
}
