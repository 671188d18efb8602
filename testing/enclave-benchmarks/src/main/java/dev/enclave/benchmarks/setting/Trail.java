package dev.enclave.benchmarks.setting;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.spi.backend.BackendProvider;
import java.nio.file.Path;
import java.util.Map;

/** Where audit records go, by the policy of the environment type that asks for it. */
public enum Trail {
  NONE("to a sink that does nothing", "local"),
  BUFFERED("to files, not awaited", "local"),
  AWAITED("to a thread that only answers", "staging"),
  DURABLE("to files, durable before the result", "staging");

  private final String title;
  private final String environment;

  Trail(String title, String environment) {
    this.title = title;
    this.environment = environment;
  }

  public String title() {
    return title;
  }

  /** Opens one whose records go there. */
  public Enclave open(Path audit, BackendProvider provider) {
    EnclaveFactory.Builder builder =
        EnclaveFactory.builder()
            .discovery(false)
            .with(provider)
            .with(new BareMachine())
            .config(
                new ConfigSource(
                    "the benchmarks",
                    Map.of(
                        "enclave.environment",
                        environment,
                        "enclave.audit.directory",
                        audit.toString())));
    return switch (this) {
      case NONE -> builder.with(new SilentSink()).open();
      case AWAITED -> builder.with(new AnsweringSink()).open();
      case BUFFERED, DURABLE -> builder.open();
    };
  }
}
