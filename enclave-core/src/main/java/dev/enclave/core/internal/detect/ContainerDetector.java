package dev.enclave.core.internal.detect;

import dev.enclave.spi.Detection;
import dev.enclave.spi.EnvironmentDetector;
import dev.enclave.spi.EnvironmentSnapshot;
import java.util.ArrayList;
import java.util.List;

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
    environment.variable("container").ifPresent(engine -> evidence.add("container=" + engine));
    environment.read("/proc/self/mountinfo").ifPresent(mounts -> evidence.addAll(byMounts(mounts)));
    return evidence.isEmpty()
        ? new Detection.Absent("no container marker was found")
        : new Detection.Present(evidence);
  }

  /**
   * Fields of a line (proc(5)): id, parent, device, root, mount point, options …, "-", file system
   * type, source.
   */
  private static List<String> byMounts(String mountinfo) {
    List<String> evidence = new ArrayList<>();
    List<String[]> mounts =
        mountinfo.lines().map(line -> line.split(" ")).filter(f -> f.length > 4).toList();
    if (mounts.stream().anyMatch(ContainerDetector::overlayRoot)) {
      evidence.add("/proc/self/mountinfo has an overlay as root");
    }
    // Engines mount files of their own over these, whatever the root is.
    if (mounts.stream().anyMatch(ContainerDetector::engineFile)) {
      evidence.add("/proc/self/mountinfo has a container engine's /etc/hostname");
    }
    return evidence;
  }

  private static boolean overlayRoot(String[] fields) {
    String line = String.join(" ", fields);
    return fields[4].equals("/")
        && (line.contains(" - overlay ") || line.contains(" - fuse.fuse-overlayfs "));
  }

  private static boolean engineFile(String[] fields) {
    return fields[4].equals("/etc/hostname")
        && (fields[3].contains("/containers/") || fields[3].contains("-containers/"));
  }
}
