package dev.enclave.cli.keys;

import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.admin.ManagedKey;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code enclave keys enable}. */
@Command(
    name = "enable",
    sortOptions = false,
    description = {
      "Switch a disabled version on again.",
      "It becomes active if it is the newest and no other is, else verify-only."
    })
public final class KeysEnableCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "NAME", description = "The key's name or handle.")
  private String name = "";

  @Option(
      names = "--version",
      paramLabel = "V",
      description = "The version; else the newest disabled one.")
  private @Nullable String version;

  public KeysEnableCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    return session.withEnclave(
        enclave -> {
          ManagedKey key = KeyArgument.managed(enclave, name);
          KeyVersionId id =
              KeyArgument.version(version).orElseGet(() -> newestDisabled(key.info()));
          KeyInfo after = key.enable(id);
          session.print(
              "Enabled version "
                  + id
                  + " of "
                  + after.name()
                  + after.version(id).map(v -> ": it is " + v.state() + ".").orElse("."));
          return 0;
        });
  }

  private static KeyVersionId newestDisabled(KeyInfo key) {
    return key.versions().stream()
        .filter(v -> v.state() == KeyState.DISABLED)
        .reduce((older, newer) -> newer)
        .map(KeyVersion::id)
        .orElseThrow(
            () ->
                new UsageException(
                    ErrorCode.KEY_NOT_ACTIVE,
                    "Key "
                        + key.name()
                        + " has no disabled version. See its versions with: enclave keys show "
                        + key.name()));
  }
}
