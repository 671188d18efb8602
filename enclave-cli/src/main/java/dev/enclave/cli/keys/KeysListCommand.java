package dev.enclave.cli.keys;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.admin.KeyListing;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.JsonOutput;
import dev.enclave.cli.text.Texts;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave keys list}. */
@Command(
    name = "list",
    sortOptions = false,
    description = "List the adopted keys and those of the resolved backend.")
public final class KeysListCommand implements Callable<Integer> {

  private final Session session;

  @Option(names = "--names", description = "Names alone, one a line; no key is read.")
  private boolean names;

  @Option(names = "--json", description = "Answer in JSON.")
  private boolean json;

  public KeysListCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    return session.withEnclave(enclave -> names ? listNames(enclave) : list(enclave));
  }

  private int listNames(Enclave enclave) {
    List<String> keys = enclave.admin().keyNames().stream().map(KeyName::value).toList();
    if (json) {
      session.print(JsonOutput.object(out -> JsonOutput.texts(out, "names", keys)));
    } else {
      session.print(keys);
    }
    return 0;
  }

  private int list(Enclave enclave) {
    KeyListing listing = enclave.admin().listKeys();
    List<KeyInfo> keys = listing.keys();
    if (json) {
      session.print(JsonOutput.object(out -> JsonOutput.array(out, "keys", keys, KeyOutput::json)));
    } else {
      session.print(keys.isEmpty() ? List.of(Texts.NO_KEYS.with()) : KeyOutput.list(keys));
    }
    return WholeList.required(listing);
  }
}
