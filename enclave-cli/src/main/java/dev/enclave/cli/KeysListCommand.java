package dev.enclave.cli;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave keys list}. */
@Command(
    name = "list",
    sortOptions = false,
    description = "List the adopted keys and those of the resolved backend.")
final class KeysListCommand implements Callable<Integer> {

  private final Session session;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  KeysListCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    List<KeyInfo> keys = session.withEnclave(Enclave::keys);
    if (json) {
      session.print(Json.object(out -> Json.array(out, "keys", keys, KeyOutput::json)));
    } else {
      session.print(
          keys.isEmpty()
              ? "There are no keys. Make one with: enclave keys create NAME --algorithm ED25519"
              : KeyOutput.list(keys));
    }
    return 0;
  }
}
