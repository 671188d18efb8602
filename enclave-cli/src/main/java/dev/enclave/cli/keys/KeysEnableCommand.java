package dev.enclave.cli.keys;

import dev.enclave.KeyInfo;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.admin.ManagedKey;
import dev.enclave.cli.session.KeyArgument;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.util.List;
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
      "It signs again if it is the newest and no other is active; else it verifies again.",
      "Fails for a version that verifies already, since it would not sign."
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
          KeyInfo before = key.info();
          KeyVersionId id = KeyArgument.version(version).orElseGet(() -> newestDisabled(before));
          if (KeyArgument.find(before, id).state() == KeyState.VERIFY_ONLY) {
            throw nothingToEnable(before, id);
          }
          session.print(text(key.enable(id), id));
          return 0;
        });
  }

  private static String text(KeyInfo key, KeyVersionId id) {
    return KeyArgument.find(key, id).state() == KeyState.ACTIVE
        ? Texts.VERSION_ENABLED.with(id, key.name(), uses(key))
        : Texts.VERSION_ENABLED_IN_PART.with(id, key.name(), checks(key), use(key), active(key));
  }

  private static EnclaveException nothingToEnable(KeyInfo key, KeyVersionId id) {
    List<String> newer =
        key.versions().stream()
            .dropWhile(v -> !v.id().equals(id))
            .skip(1)
            .filter(v -> v.state() != KeyState.DESTROYED && v.state() != KeyState.PENDING)
            .map(v -> v.id().value())
            .toList();
    return Texts.NOTHING_TO_ENABLE.as(
        ErrorCode.KEY_NOT_ACTIVE,
        id,
        key.name(),
        checks(key),
        use(key),
        active(key),
        newer.isEmpty() ? "" : instead(key, id, newer));
  }

  private static String instead(KeyInfo key, KeyVersionId id, List<String> newer) {
    return Texts.SEE_THAT_NOTHING_DEPENDS.with(
        key.purpose() == KeyPurpose.SIGN && key.active().isPresent()
            ? Texts.PLAN_REINSTATEMENT.with(key.name(), id)
            : "",
        String.join(", ", newer));
  }

  private static String active(KeyInfo key) {
    return key.active()
        .map(KeyVersion::id)
        .map(id -> Texts.VERSION_DOES.with(id, uses(key)))
        .orElse(Texts.NO_VERSION_IS_ACTIVE.with());
  }

  private static String use(KeyInfo key) {
    return key.purpose() == KeyPurpose.SIGN ? "sign" : "seal";
  }

  private static String uses(KeyInfo key) {
    return use(key) + "s";
  }

  private static String checks(KeyInfo key) {
    return key.purpose() == KeyPurpose.SIGN ? "verifies" : "opens";
  }

  private static KeyVersionId newestDisabled(KeyInfo key) {
    return key.versions().stream()
        .filter(v -> v.state() == KeyState.DISABLED)
        .reduce((older, newer) -> newer)
        .map(KeyVersion::id)
        .orElseThrow(() -> Texts.NO_DISABLED_VERSION.as(ErrorCode.KEY_NOT_ACTIVE, key.name()));
  }
}
