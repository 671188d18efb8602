package dev.enclave.pkcs11.internal;

import dev.enclave.BackendId;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.RemoteBackend;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.pkcs11.internal.calls.Token;
import dev.enclave.pkcs11.internal.keys.BareTokenKeys;
import dev.enclave.pkcs11.internal.keys.Pkcs11Keys;
import dev.enclave.pkcs11.internal.keys.Pkcs11Use;
import dev.enclave.pkcs11.internal.keys.TokenImports;
import dev.enclave.pkcs11.internal.settings.Pkcs11Settings;
import dev.enclave.pkcs11.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.SigningBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Keys in a PKCS#11 token. */
public final class Pkcs11Backend {

  /** A network HSM may have to be looked for. */
  private static final Duration OPENING = Duration.ofSeconds(30);

  private static final Set<BackendTrait> TRAITS =
      Set.of(
          BackendTrait.REMOTE,
          BackendTrait.PERSISTENT,
          BackendTrait.STAMPS,
          BackendTrait.KEEPS_PUBLIC_KEYS);

  private Pkcs11Backend() {}

  /** Loads the library, logs in, and asks the token what it does. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    return opened(context, (token, call) -> over(token, context, call));
  }

  /** Opens the token for keys past Enclave, over a way of its own. */
  public static BareTokenKeys bareKeys(BackendContext context) throws BackendFailure {
    return opened(context, (token, call) -> new BareTokenKeys(new Pkcs11Keys(token, call)));
  }

  /** Makes something of an open token, which ends with it. */
  @FunctionalInterface
  private interface Over<T> {
    T of(Token token, CallContext call) throws BackendFailure;
  }

  private static <T> T opened(BackendContext context, Over<T> over) throws BackendFailure {
    Pkcs11Settings settings = Pkcs11Settings.of(context);
    CallContext call =
        CallContext.of("open", 1, Deadline.in(OPENING, context.time()), context.time());
    Token token = Token.open(settings, call);
    boolean opened = false;
    try {
      T made = over.of(token, call);
      opened = true;
      return made;
    } finally {
      if (!opened) {
        token.gate().close();
      }
    }
  }

  @SuppressWarnings("UnnecessaryMethodReference") // hides that it could wrap too
  private static SigningBackend over(Token token, BackendContext context, CallContext call)
      throws BackendFailure {
    Set<BackendTrait> traits = EnumSet.copyOf(TRAITS);
    if (token.settings().settle().isEmpty()) {
      traits.add(BackendTrait.COMPARE_AND_SET);
    }
    Pkcs11Keys keys = new Pkcs11Keys(token, call);
    Pkcs11Use use = new Pkcs11Use(keys, context.random());
    VersionLedger ledger = VersionLedger.of(keys);
    List<Capability> parts = new ArrayList<>();
    parts.add(ledger);
    parts.add(ledger.adopter(keys, context.time()));
    TokenImports.of(keys, context.random(), call).map(ledger::importer).ifPresent(parts::add);
    parts.add(keys.wraps() ? use : (KeySigner) use::sign);
    return new RemoteBackend(
        BackendDescription.of(BackendId.PKCS11, token.authority(), traits, keys.supported()),
        token.gate(),
        ledger::load,
        asked -> report(token, keys, asked),
        parts);
  }

  private static HealthReport report(Token token, Pkcs11Keys keys, CallContext call)
      throws BackendFailure {
    List<Finding> findings = new ArrayList<>(token.findings(call));
    Pkcs11Settings settings = token.settings();
    if (settings.kind().isPresent() && !token.isHardware()) {
      findings.add(
          Texts.NOT_HARDWARE.warning(
              ErrorCode.POLICY_NOT_MET,
              settings.section().fullName(Pkcs11Settings.KIND),
              settings.kind().get()));
    }
    findings.addAll(keys.findings().all());
    return HealthReport.of(findings);
  }
}
