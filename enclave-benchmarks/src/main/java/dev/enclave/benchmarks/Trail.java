package dev.enclave.benchmarks;

/** Where the audit records of the null backend go. */
public enum Trail {
  NONE("to a sink that does nothing", "local"),
  BUFFERED("to files, not awaited", "local"),
  DURABLE("to files, durable before the result", "staging");

  private final String title;
  private final String environment;

  Trail(String title, String environment) {
    this.title = title;
    this.environment = environment;
  }

  String title() {
    return title;
  }

  /** The environment type whose policy asks for that. */
  String environment() {
    return environment;
  }
}
