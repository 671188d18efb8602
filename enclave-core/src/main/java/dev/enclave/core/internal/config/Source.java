package dev.enclave.core.internal.config;

import java.util.List;

/**
 * One place that settings come from.
 *
 * @param place where a reader finds it, and where an acknowledgement is set
 * @param statements in the order in which the place states them
 */
record Source(String place, List<Statement> statements) {

  /**
   * One setting as a source states it.
   *
   * @param name the setting's full name
   * @param value as written
   * @param origin the source, for reports and messages
   */
  record Statement(String name, String value, String origin) {}

  Source {
    statements = List.copyOf(statements);
  }
}
