package dev.enclave.kubernetes.internal.backend;

import dev.enclave.BackendId;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.kit.record.RecordBackend;
import dev.enclave.kit.setup.HttpClients;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.kubernetes.internal.access.KubernetesPermissions;
import dev.enclave.kubernetes.internal.calls.ApiCalls;
import dev.enclave.kubernetes.internal.connect.ApiServer;
import dev.enclave.kubernetes.internal.connect.KubernetesSettings;
import dev.enclave.kubernetes.internal.store.SecretStore;
import dev.enclave.kubernetes.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.PermissionProber;
import dev.enclave.spi.backend.SigningBackend;
import java.util.ArrayList;
import java.util.List;

/** Keys in Secrets of one namespace, each sealed under a data key that another backend wraps. */
public final class KubernetesBackend extends RecordBackend implements PermissionProber {

  private final ApiCalls calls;
  private final KubernetesSettings settings;
  private final KubernetesPermissions permissions;
  private final WireLogs logs;

  private KubernetesBackend(
      ApiCalls calls,
      RecordKek kek,
      WireLogs logs,
      KubernetesSettings settings,
      BackendContext context) {
    super(BackendId.KUBERNETES, calls.server().namespace(), new SecretStore(calls), kek, context);
    this.calls = calls;
    this.permissions = new KubernetesPermissions(calls);
    this.settings = settings;
    this.logs = logs;
  }

  /** Opens it; asks the API server nothing, since the engine asks for its health next. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    HttpClients.requireHostNamesChecked(context.snapshot());
    WireLogs logs = new WireLogs("Kubernetes").jdk(context.snapshot());
    logs.requireOff(context.environment());
    KubernetesSettings settings = KubernetesSettings.of(context.settings());
    ApiServer server = ApiServer.of(settings, context);
    server.credential().token();
    RecordKek kek = settings.kek().open(context);
    return new KubernetesBackend(
        new ApiCalls(server, context.time()), kek, logs, settings, context);
  }

  /** By one request or three, which make nothing and read no Secret. */
  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return guarded(
        call,
        () -> {
          boolean mayRead = permissions.mayRead(call);
          if (mayRead && calls.server().source().person()) {
            permissions.requireNamespace(call);
          }
          List<Finding> findings = new ArrayList<>(logs.findings());
          findings.addAll(calls.server().credential().findings());
          settings.kek().finding(Texts.WHO_READS.with()).ifPresent(findings::add);
          calls.clocks().finding().ifPresent(findings::add);
          if (!mayRead) {
            findings.add(permissions.mayNotRead());
          }
          return HealthReport.of(findings);
        });
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
