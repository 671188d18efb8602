package dev.enclave.cli.keys;

import dev.enclave.Fingerprint;
import dev.enclave.KeyInfo;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.admin.ManagedKey;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import java.util.List;
import java.util.Optional;
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
      "Final, at once or after the provider's waiting time.",
      "The active version must be disabled first.",
      "--yes or --fingerprint confirms that the key is meant."
    })
public final class KeysDestroyCommand implements Callable<Integer> {

  private final Session session;

  @Parameters(paramLabel = "NAME", description = "The key's name or handle.")
  private String name = "";

  @Option(names = "--version", paramLabel = "V", description = "This version only.")
  private @Nullable String version;

  @Option(names = "--yes", description = "Confirms the destruction.")
  private boolean yes;

  @Option(
      names = "--fingerprint",
      paramLabel = "F",
      description = "Confirms the destruction of the key with this fingerprint, and of no other.")
  private @Nullable String fingerprint;

  public KeysDestroyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    return session.withEnclave(
        enclave -> {
          ManagedKey key = KeyArgument.managed(enclave, name);
          KeyInfo info = key.info();
          List<KeyVersionId> doomed =
              KeyArgument.version(version)
                  .map(id -> List.of(KeyArgument.find(info, id).id()))
                  .orElseGet(() -> undestroyed(info));
          requireConfirmed(key, doomed);
          // First what is refused, if something is: half of what was asked is worse than nothing.
          info.active().map(KeyVersion::id).filter(doomed::contains).ifPresent(key::destroy);
          doomed.forEach(key::destroy);
          session.print(Texts.VERSION_DESTROYED.with(listed(doomed), key.handle().name()));
          return 0;
        });
  }

  private static String listed(List<KeyVersionId> versions) {
    return versions.stream().map(KeyVersionId::value).collect(Collectors.joining(", "));
  }

  private void requireConfirmed(ManagedKey key, List<KeyVersionId> doomed) {
    Optional<String> own = key.handle().fingerprint().map(Fingerprint::toString);
    if (fingerprint != null) {
      if (!own.equals(Optional.of(fingerprint))) {
        throw Texts.KEY_NOT_THE_ONE_GIVEN.as(
            ErrorCode.INVALID_ARGUMENT,
            key.handle().name(),
            own.map(print -> Texts.HAS_FINGERPRINT.with(print))
                .orElse(Texts.HAS_NO_FINGERPRINT.with()));
      }
    } else if (!yes) {
      throw Texts.WOULD_DESTROY.as(
          ErrorCode.INVALID_ARGUMENT,
          listed(doomed),
          key.handle().name(),
          own.map(print -> Texts.OR_FINGERPRINT.with(print)).orElse(""));
    }
  }

  private static List<KeyVersionId> undestroyed(KeyInfo key) {
    List<KeyVersionId> left =
        key.versions().stream()
            .filter(v -> v.state() != KeyState.DESTROYED)
            .map(KeyVersion::id)
            .toList();
    if (left.isEmpty()) {
      throw Texts.ALL_VERSIONS_DESTROYED.as(ErrorCode.KEY_NOT_ACTIVE, key.name());
    }
    return left;
  }
}
