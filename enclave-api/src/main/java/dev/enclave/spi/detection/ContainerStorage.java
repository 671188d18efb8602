package dev.enclave.spi.detection;

import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.texts.Texts;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whether files outlive the container they are in, by what the kernel says of its mounts. */
public final class ContainerStorage {

  private static final String MOUNTINFO = "/proc/self/mountinfo";
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  /** One line of mountinfo (proc(5)). */
  private record Mount(String point, String type) {

    static Optional<Mount> parse(String line) {
      String[] halves = line.split(" - ", 2);
      String[] fields = halves[0].split(" ", -1);
      return halves.length < 2 || fields.length < 5
          ? Optional.empty()
          : Optional.of(new Mount(unescaped(fields[4]), halves[1].split(" ", 2)[0]));
    }

    /** Spaces and other separators are written as three octal digits. */
    private static String unescaped(String field) {
      return OCTAL
          .matcher(field)
          .replaceAll(
              code ->
                  java.util.regex.Matcher.quoteReplacement(
                      Character.toString((char) Integer.parseInt(code.group(1), 8))));
    }

    boolean isRoot() {
      return point.equals("/");
    }

    boolean holds(Path directory) {
      return directory.startsWith(Path.of(point));
    }
  }

  private ContainerStorage() {}

  /**
   * A warning that what is written to {@code directory} is lost with the container; none outside
   * one, on a mounted volume, or where the kernel does not say.
   *
   * @param directory absolute and without symbolic links; it need not exist
   * @param setting the full name of the setting that names it
   */
  public static Optional<Finding> warning(
      EnvironmentSnapshot environment, Path directory, String setting) {
    List<Mount> mounts =
        environment.read(MOUNTINFO).stream()
            .flatMap(String::lines)
            .flatMap(line -> Mount.parse(line).stream())
            .toList();
    if (!inContainer(environment, mounts)) {
      return Optional.empty();
    }
    // Of two mounts on one place the later hides the earlier.
    return mounts.stream()
        .filter(mount -> mount.holds(directory))
        .reduce((one, other) -> BY_DEPTH.compare(one, other) > 0 ? one : other)
        .filter(mount -> mount.isRoot() || mount.type().equals("tmpfs"))
        .map(mount -> lostWithTheContainer(directory, setting, mount));
  }

  private static final Comparator<Mount> BY_DEPTH =
      Comparator.comparingInt(mount -> Path.of(mount.point()).getNameCount());

  private static boolean inContainer(EnvironmentSnapshot environment, List<Mount> mounts) {
    return environment.exists("/.dockerenv")
        || environment.exists("/run/.containerenv")
        || mounts.stream().anyMatch(mount -> mount.isRoot() && mount.type().equals("overlay"));
  }

  private static Finding lostWithTheContainer(Path directory, String setting, Mount mount) {
    return Texts.KEYS_LOST_WITH_CONTAINER.warning(
        ErrorCode.CONFIGURATION_INVALID_VALUE,
        directory,
        (mount.isRoot() ? Texts.OF_THE_CONTAINER : Texts.IN_MEMORY).with(),
        setting);
  }
}
