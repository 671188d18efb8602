package dev.enclave.vault.internal;

import dev.enclave.BackendId;
import dev.enclave.kit.RemoteBackend;
import dev.enclave.kit.credentials.RefreshingValue;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.kit.http.SlowStart;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.kit.setup.HttpClients;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.vault.internal.access.VaultAccess;
import dev.enclave.vault.internal.access.VaultAssurance;
import dev.enclave.vault.internal.auth.VaultAuth;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.calls.VaultHttp;
import dev.enclave.vault.internal.keys.BareTransitKeys;
import dev.enclave.vault.internal.keys.VaultImports;
import dev.enclave.vault.internal.keys.VaultKeys;
import dev.enclave.vault.internal.keys.VaultUse;
import dev.enclave.vault.internal.settings.VaultSettings;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** Keys in HashiCorp Vault or OpenBao. */
public final class VaultBackend {

  /** Far more than the longest answer, a list of names. */
  private static final int LONGEST_BODY = 4 << 20;

  private static final Set<BackendTrait> TRAITS =
      Stream.concat(RemoteBackend.TRAITS.stream(), Stream.of(BackendTrait.KEEPS_PUBLIC_KEYS))
          .collect(Collectors.toUnmodifiableSet());

  private VaultBackend() {}

  /** Opens it; asks the server nothing, since the engine asks for its health next. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    return over(calls(context), context);
  }

  /** Opens the way to the server. */
  public static VaultCalls calls(BackendContext context) throws BackendFailure {
    HttpClients.requireNothingRepeated(context.snapshot());
    HttpClients.requireHostNamesChecked(context.snapshot());
    VaultAuth.requireVerified(context);
    logs(context).requireOff(context.environment());
    VaultSettings settings = VaultSettings.of(context.settings(), context.environment());
    SSLContext tls =
        settings
            .section()
            .trusted(VaultSettings.TRUSTED_CERTIFICATE, context.snapshot())
            .map(BoundedHttp::trust)
            .orElseGet(BoundedHttp::platformTrust);
    BoundedHttp network = new BoundedHttp(() -> tls, LONGEST_BODY);
    VaultHttp http =
        new VaultHttp(settings, new SlowStart(network, settings.connections()), context.time());
    return new VaultCalls(
        http,
        new VaultAuth(
                settings,
                context,
                http,
                () -> new BoundedHttp(BoundedHttp::platformTrust, BoundedHttp.LONGEST_DOCUMENT),
                RefreshingValue.threadForEach())
            .tokens());
  }

  /** Takes {@code calls} over: they end with the backend. */
  public static SigningBackend over(VaultCalls calls, BackendContext context) {
    VaultSettings settings = calls.settings();
    VaultAssurance assurance = new VaultAssurance(calls);
    VaultKeys keys = new VaultKeys(calls, assurance::of);
    VersionLedger ledger = VersionLedger.of(keys);
    VaultAccess access = new VaultAccess(calls, assurance, keys.findings(), logs(context));
    return new RemoteBackend(
        BackendDescription.of(BackendId.VAULT, authority(settings), TRAITS, VaultKeys.SUPPORTED),
        calls.gate(),
        ledger::load,
        access::report,
        List.of(
            ledger,
            ledger.importer(new VaultImports(keys, context.random())),
            ledger.adopter(keys, context.time()),
            new VaultUse(keys),
            access));
  }

  /** Opens the place for keys past Enclave, over a way of its own. */
  public static BareTransitKeys bareKeys(BackendContext context) throws BackendFailure {
    VaultCalls calls = calls(context);
    VaultAssurance assurance = new VaultAssurance(calls);
    return new BareTransitKeys(calls, new VaultKeys(calls, assurance::of));
  }

  /** Part of each handle: server, namespace and mount, since a name is one in each of them. */
  private static String authority(VaultSettings settings) {
    return settings.address().authority()
        + settings.namespace().map(name -> "/" + name).orElse("")
        + "/"
        + settings.transit();
  }

  private static WireLogs logs(BackendContext context) {
    return new WireLogs("Vault").jdk(context.snapshot());
  }
}
