package dev.enclave.spi.detection;

import dev.enclave.internal.texts.Texts;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The only view of the machine that Enclave has: variables, system properties, files, the metadata
 * service. Thread-safe. Nothing else reads {@code System.getenv}.
 */
public interface EnvironmentSnapshot {

  /** All environment variables. */
  Map<String, String> variables();

  /** All system properties with text values. */
  Map<String, String> properties();

  /**
   * The options that this JVM was started with, a later one wins: those of JAVA_TOOL_OPTIONS, of
   * JDK_JAVA_OPTIONS, of the command line and of _JAVA_OPTIONS. None where they cannot be told.
   */
  default Optional<List<String>> jvmOptions() {
    return Optional.empty();
  }

  /** Whether a file or directory exists and can be seen. */
  boolean exists(String path);

  /**
   * The text of a small file (the first 64 KiB, UTF-8); none if it is absent, unreadable, or no
   * regular file: a named pipe may have no end.
   */
  Optional<String> read(String path);

  /**
   * Where a file or directory lies once {@code .}, {@code ..} and links are followed; none if it
   * does not exist. In a snapshot without links it is enough to follow the names.
   */
  default Optional<String> realPath(String path) {
    try {
      return exists(path)
          ? Optional.of(Path.of(path).toAbsolutePath().normalize().toString())
          : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** One variable; none if unset or empty. */
  default Optional<String> variable(String name) {
    String value = variables().get(name);
    return value == null || value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  /** One system property; none if unset or empty. */
  default Optional<String> property(String name) {
    String value = properties().get(name);
    return value == null || value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  /** A field of the firmware's DMI table, such as {@code sys_vendor} (Linux, readable to all). */
  default Optional<String> dmi(String field) {
    Optional<String> text = read("/sys/class/dmi/id/" + field);
    return text.isPresent() ? Optional.of(text.get().strip()) : text;
  }

  /**
   * A new client of the metadata service, which its caller closes; in a snapshot without network
   * nobody answers it.
   */
  default MetadataService metadata() {
    return request -> new MetadataAnswer.Silent(Texts.NO_NETWORK.with());
  }
}
