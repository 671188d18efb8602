package dev.enclave.testkit.environments;

import dev.enclave.BackendId;
import dev.enclave.testkit.FakeEnvironment;
import java.util.List;
import java.util.Map;

/**
 * A recorded environment: what a platform shows a process of itself, and what must come of it.
 * Immutable.
 *
 * @param name such as {@code aws-fargate}
 * @param description one sentence
 * @param sources where the facts are from, document and section
 * @param common whether many deploy like this; these are what "detected without choosing a backend"
 *     is measured by
 * @param snapshot variables, properties, files, DMI and the answers of the metadata service
 * @param settings what must be set, by full name, such as a vault's address; never a backend
 * @param expected what must come of it
 */
public record Recording(
    String name,
    String description,
    List<String> sources,
    boolean common,
    FakeEnvironment snapshot,
    Map<String, String> settings,
    Expectation expected) {

  public Recording {
    sources = List.copyOf(sources);
    settings = Map.copyOf(settings);
  }

  /** All names, sorted. */
  public static List<String> names() {
    return RecordingFiles.names();
  }

  /** All recordings, sorted by name. */
  public static List<Recording> all() {
    return names().stream().map(Recording::named).toList();
  }

  /** Those of places where a backend is the one that is chosen, sorted by name. */
  public static List<Recording> choosing(BackendId backend) {
    return all().stream()
        .filter(recording -> recording.expected().backend().filter(backend::equals).isPresent())
        .toList();
  }

  /**
   * One recording.
   *
   * @throws IllegalArgumentException when there is none of this name; the message names the nearest
   */
  public static Recording named(String name) {
    return RecordingReader.read(name, RecordingFiles.text(name));
  }

  /** The name alone, for the names of parameterised tests. */
  @Override
  public String toString() {
    return name;
  }
}
