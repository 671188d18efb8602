package dev.enclave.cli;

import dev.enclave.KeyInfo;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys show}. */
@Command(
    name = "show",
    sortOptions = false,
    description = "Show what the backend says of a key and its versions.")
final class KeysShowCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "NAME", description = "The key's name or handle.")
  private String name = "";

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  KeysShowCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    KeyInfo key = session.withEnclave(enclave -> Keys.managed(enclave, name).info());
    session.print(json ? Json.object(out -> KeyOutput.json(out, key)) : KeyOutput.text(key));
    return 0;
  }
}
