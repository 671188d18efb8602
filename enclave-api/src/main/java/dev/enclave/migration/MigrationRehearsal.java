package dev.enclave.migration;

import java.util.List;

/**
 * What a dry run of a migration found. Immutable.
 *
 * @param steps what a run would do, in order
 * @param missing what a run would be refused for
 * @param notes what could not be found out, and permissions of the source that may be needed
 */
public record MigrationRehearsal(List<String> steps, List<String> missing, List<String> notes) {

  public MigrationRehearsal {
    steps = List.copyOf(steps);
    missing = List.copyOf(missing);
    notes = List.copyOf(notes);
  }

  /** Whether nothing is known that a run would be refused for. */
  public boolean ready() {
    return missing.isEmpty();
  }
}
