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
    if (environment
        .read("/proc/self/mountinfo")
        .filter(ContainerDetector::overlayRoot)
        .isPresent()) {
      evidence.add("/proc/self/mountinfo has an overlay as root");
    }
    return evidence.isEmpty()
        ? new Detection.Absent("no container marker was found")
        : new Detection.Present(evidence);
  }

  /** Fields of a line: id, parent, device, root, mount point, options …, "-", file system type. */
  private static boolean overlayRoot(String mountinfo) {
    return mountinfo
        .lines()
        .map(line -> line.split(" "))
        .filter(fields -> fields.length > 4 && fields[4].equals("/"))
        .anyMatch(fields -> String.join(" ", fields).contains(" - overlay "));
  }
}
