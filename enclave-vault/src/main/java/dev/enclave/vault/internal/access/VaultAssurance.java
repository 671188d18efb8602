package dev.enclave.vault.internal.access;

import dev.enclave.Assurance;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.json.Json;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.vault.internal.calls.VaultCalls;
import dev.enclave.vault.internal.calls.VaultRequest;
import dev.enclave.vault.internal.settings.VaultSettings;
import dev.enclave.vault.internal.texts.Texts;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How well a key is protected, by what can be read. Vault computes with keys in its own memory, and
 * keeps them sealed by a key that shares of operators, a cloud's key service or an HSM protect. So
 * a key is HSM only if it is a managed key, which lies in an HSM itself; HSM_WRAPPED if the server
 * names the type of seal of which the operator says that its key is in an HSM; SOFTWARE otherwise.
 * Thread-safe.
 */
public final class VaultAssurance {

  private static final VaultRequest SEAL = VaultRequest.read(Texts.SEAL.with(), "sys/seal-status");

  private final VaultCalls calls;
  private volatile @Nullable String type;

  public VaultAssurance(VaultCalls calls) {
    this.calls = calls;
  }

  /** Of a key of that type, as Transit names it, which cannot leave in the clear. */
  public Assurance of(String keyType, CallContext call) throws BackendFailure {
    if (keyType.equals("managed_key")) {
      return Assurance.HSM;
    }
    Optional<String> trusted = calls.settings().hsmSeal();
    String now = type;
    return trusted.isPresent() && trusted.get().equals(now == null ? seal(call) : now)
        ? Assurance.HSM_WRAPPED
        : Assurance.SOFTWARE;
  }

  /** Reads the type of the seal anew; empty where the server does not tell. */
  String seal(CallContext call) throws BackendFailure {
    String read;
    try {
      read = Json.text(calls.ask(SEAL, call), "type");
    } catch (BackendFailure e) {
      if (e.failureClass() != FailureClass.PERMANENT) {
        throw e;
      }
      read = "";
    }
    type = read;
    return read;
  }

  /** That the seal is another one than the operator says; asks the server. */
  Optional<Finding> finding(CallContext call) throws BackendFailure {
    Optional<String> trusted = calls.settings().hsmSeal();
    if (trusted.isEmpty()) {
      return Optional.empty();
    }
    String read = seal(call);
    return read.equals(trusted.get())
        ? Optional.empty()
        : Optional.of(
            Texts.ANOTHER_SEAL.warning(
                ErrorCode.ASSURANCE_TOO_LOW,
                calls.settings().section().fullName(VaultSettings.HSM_SEAL),
                trusted.get(),
                read.isEmpty() ? Texts.UNTOLD.with() : read));
  }
}
