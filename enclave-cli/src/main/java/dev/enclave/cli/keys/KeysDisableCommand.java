package dev.enclave.cli.keys;

import dev.enclave.KeyVersionId;
import dev.enclave.admin.ManagedKey;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys disable}. */
@Command(
    name = "disable",
    sortOptions = false,
    description = {
      "Switch a version of a key off.",
      "It neither signs nor verifies until it is enabled."
    })
public final class KeysDisableCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "NAME", description = "The key's name or handle.")
  private String name = "";

  @Option(names = "--version", paramLabel = "V", description = "The version; else the active one.")
  private @Nullable String version;

  public KeysDisableCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    return session.withEnclave(
        enclave -> {
          ManagedKey key = KeyArgument.managed(enclave, name);
          KeyVersionId id = KeyArgument.version(version).orElseGet(() -> key.activeVersion().id());
          key.disable(id);
          session.print(Texts.VERSION_DISABLED.with(id, key.handle().name()));
          return 0;
        });
  }
}
