package dev.enclave.kubernetes.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.cloud.setup.HttpClients;
import dev.enclave.cloud.setup.WireLogs;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.kubernetes.internal.access.KubernetesHealth;
import dev.enclave.kubernetes.internal.access.KubernetesPermissions;
import dev.enclave.kubernetes.internal.calls.ApiCalls;
import dev.enclave.kubernetes.internal.connect.ApiServer;
import dev.enclave.kubernetes.internal.settings.KubernetesSettings;
import dev.enclave.kubernetes.internal.store.SecretStore;
import dev.enclave.records.RecordBackend;
import dev.enclave.records.kek.BorrowedKek;
import dev.enclave.records.kek.NoKek;
import dev.enclave.records.kek.RecordKek;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.PermissionProber;
import dev.enclave.spi.backend.SigningBackend;
import java.util.List;

/** Keys in Secrets of one namespace, each sealed under a data key that another backend wraps. */
public final class KubernetesBackend extends RecordBackend implements PermissionProber {

  private final ApiCalls calls;
  private final KubernetesHealth health;
  private final KubernetesPermissions permissions;

  private KubernetesBackend(
      ApiCalls calls,
      RecordKek kek,
      WireLogs logs,
      KubernetesSettings settings,
      BackendContext context) {
    super(BackendId.KUBERNETES, calls.server().namespace(), new SecretStore(calls), kek, context);
    this.calls = calls;
    this.permissions = new KubernetesPermissions(calls);
    this.health = new KubernetesHealth(calls, settings, permissions, logs);
  }

  /** Opens it; asks the API server nothing, since the engine asks for its health next. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    HttpClients.requireHostNamesChecked(context.snapshot());
    WireLogs logs = new WireLogs("Kubernetes").jdk(context.snapshot());
    logs.requireOff(context.environment());
    KubernetesSettings settings = KubernetesSettings.of(context.settings());
    ApiServer server = ApiServer.of(settings, context);
    server.credential().token();
    RecordKek kek = kek(settings, context);
    return new KubernetesBackend(
        new ApiCalls(server, context.time()), kek, logs, settings, context);
  }

  private static RecordKek kek(KubernetesSettings settings, BackendContext context)
      throws BackendFailure {
    String setting = settings.fullName(KubernetesSettings.KEK);
    if (settings.kek().isPresent()) {
      return new BorrowedKek(
          settings.kek().get().from(context.keyEncryptionKeys()),
          setting,
          settings.dataKeyLifetime());
    }
    if (KubernetesSettings.strict(context.environment())) {
      throw BackendFailure.permanent(
          FailureCode.MISCONFIGURED,
          "Setting "
              + setting
              + " is not set, and "
              + context.environment()
              + " refuses keys that no key-encryption key seals. Add one line with a wrapping key of"
              + " another backend: "
              + setting
              + "=aws-kms:payments-kek.");
    }
    return new NoKek(setting);
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return guarded(call, () -> health.report(call));
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    return guarded(call, () -> permissions.permissions(call));
  }

  @Override
  protected boolean mayWrite(CallContext call) throws BackendFailure {
    return permissions.mayWrite(call);
  }

  /** Ends requests that are under way first, since closing waits for them. */
  @Override
  public void close() {
    calls.gate().close();
    super.close();
  }
}
