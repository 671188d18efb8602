package dev.enclave.cli;

import dev.enclave.ErrorCode;
import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.ManagedKey;
import dev.enclave.UsageException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys destroy}. */
@Command(
    name = "destroy",
    sortOptions = false,
    description = {
      "Destroy the private keys of every version, or of one.",
      "Final, at once or after the provider's waiting time; there is no question first."
    })
final class KeysDestroyCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "NAME", description = "The key's name or handle.")
  private String name = "";

  @Option(names = "--version", paramLabel = "V", description = "This version only.")
  private @Nullable String version;

  KeysDestroyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    return session.withEnclave(
        enclave -> {
          ManagedKey key = Keys.managed(enclave, name);
          List<KeyVersionId> doomed =
              Keys.version(version).map(List::of).orElseGet(() -> undestroyed(key.info()));
          doomed.forEach(key::destroy);
          session.print(
              "Destroyed version "
                  + doomed.stream().map(KeyVersionId::value).collect(Collectors.joining(", "))
                  + " of "
                  + key.handle().name()
                  + ".");
          return 0;
        });
  }

  private static List<KeyVersionId> undestroyed(KeyInfo key) {
    List<KeyVersionId> left =
        key.versions().stream()
            .filter(v -> v.state() != KeyState.DESTROYED)
            .map(KeyVersion::id)
            .toList();
    if (left.isEmpty()) {
      throw new UsageException(
          ErrorCode.KEY_NOT_ACTIVE,
          "Every version of key " + key.name() + " is destroyed already. Nothing is left to do.");
    }
    return left;
  }
}
